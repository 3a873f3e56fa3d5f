package dev.vidda.node.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/** What a key's default says about the values it takes. */
enum ValueKind {
    DURATION("a duration", "write a number with ms, s, m, h or d behind it, such as", Config::getDuration),
    SIZE("a size", "write a number with B, KiB, MiB or GiB behind it, such as", Config::getBytes),
    INTEGER("a whole number", "write it without unit, point or quotes, such as", ValueKind::wholeNumber),
    NUMBER("a number", "write it without unit or quotes, such as", Config::getDouble),
    BOOLEAN("true or false", "write true or false, such as", Config::getBoolean),
    LIST("a list", "put it into brackets, such as", ValueKind::list),
    TEXT("a text", "put it into quotes, such as", Config::getString);

    private static final Pattern DURATION_FORM =
            Pattern.compile("\\d+(\\.\\d+)?\\s*(ns|us|ms|s|m|h|d|seconds?|minutes?|hours?|days?)");
    private static final Pattern SIZE_FORM = Pattern.compile("\\d+(\\.\\d+)?\\s*([kKMGTP]i?)?B");
    private static final Pattern BARE_NUMBER = Pattern.compile("-?\\d*[1-9]\\d*(\\.\\d+)?");

    private final String words;
    private final String remedy;
    private final BiFunction<Config, String, ?> reader;

    ValueKind(String words, String remedy, BiFunction<Config, String, ?> reader) {
        this.words = words;
        this.remedy = remedy;
        this.reader = reader;
    }

    /** What somebody who wrote {@code value} as a default expects. */
    static ValueKind of(ConfigValue value) {
        return switch (value.valueType()) {
            case BOOLEAN -> BOOLEAN;
            case LIST -> LIST;
            case NUMBER -> value.unwrapped() instanceof Double ? NUMBER : INTEGER;
            case STRING -> ofText(String.valueOf(value.unwrapped()));
            case OBJECT, NULL -> TEXT;
        };
    }

    private static ValueKind ofText(String text) {
        if (DURATION_FORM.matcher(text).matches()) {
            return DURATION;
        }
        return SIZE_FORM.matcher(text).matches() ? SIZE : TEXT;
    }

    /** What is wrong with {@code value}, if anything. */
    Optional<String> wrong(ConfigValue value) {
        String text = String.valueOf(value.unwrapped());
        if ((this == DURATION || this == SIZE) && BARE_NUMBER.matcher(text).matches()) {
            return Optional.of("has no unit");
        }
        try {
            Object read = reader.apply(value.atKey("value"), "value");
            return read == null ? Optional.of("is not " + words) : Optional.empty();
        } catch (ConfigException e) {
            return Optional.of("is not " + words);
        }
    }

    String remedy(ConfigValue example) {
        return remedy + " " + example.render(ConfigRenderOptions.concise()) + ", the default";
    }

    private static long wholeNumber(Config config, String path) {
        double value = config.getDouble(path);
        if (value != Math.rint(value)) {
            throw new ConfigException.WrongType(config.origin(), path, "a whole number", "a fraction");
        }
        return config.getLong(path);
    }

    /** A text counts as a list of what stands between its commas: that is how a list comes from the environment. */
    private static ConfigValue list(Config config, String path) {
        ConfigValue value = config.getValue(path);
        if (value instanceof ConfigList || value.unwrapped() instanceof String) {
            return value;
        }
        throw new ConfigException.WrongType(
                value.origin(), path, "a list", value.valueType().name());
    }
}
