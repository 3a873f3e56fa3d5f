package dev.vidda.node.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Looks for mistakes that a configuration shows by itself, without a look at the machine. Pure. */
public final class ConfigurationCheck {
    private final Configuration configuration;
    private final KnownKeys known;
    private final Findings findings;
    private Config readable;

    private ConfigurationCheck(Configuration configuration) {
        this.configuration = configuration;
        this.known = configuration.knownKeys();
        this.findings = new Findings(configuration.effective(), known);
        this.readable = configuration.effective();
    }

    /**
     * All that is wrong: keys that do not exist, values of the wrong kind, and what {@code reader} refuses.
     *
     * @param reader reads all settings from a configuration; says by an exception that names the key what is wrong
     */
    public static List<Problem> problems(Configuration configuration, Consumer<Config> reader) {
        ConfigurationCheck check = new ConfigurationCheck(configuration);
        check.findUnknownKeys();
        check.findWrongKinds();
        check.findRefused(reader);
        return check.findings.problems();
    }

    private void findUnknownKeys() {
        for (String key : known.unknownIn(configuration.given())) {
            String remedy = known.nearest(key)
                    .map(near -> "did you mean " + near + "?")
                    .orElse("remove it; 'vidda config show --effective' lists all keys");
            findings.add(key, "there is no such key", remedy);
        }
    }

    private void findWrongKinds() {
        for (String key : known.leaves()) {
            Optional<ConfigValue> builtIn = builtIn(key);
            if (builtIn.isEmpty() || !configuration.effective().hasPath(key)) {
                continue;
            }
            ValueKind kind = ValueKind.of(builtIn.get());
            Optional<String> wrong = kind.wrong(configuration.effective().getValue(key));
            if (wrong.isPresent()) {
                findings.add(key, wrong.get(), kind.remedy(builtIn.get()));
                readable = readable.withValue(key, builtIn.get());
            }
        }
    }

    /** Lets the settings be read; puts the default in the place of a value that is refused, and goes on. */
    private void findRefused(Consumer<Config> reader) {
        Set<String> replaced = new HashSet<>();
        for (boolean again = true; again; ) {
            again = false;
            try {
                reader.accept(readable);
            } catch (ConfigException | IllegalArgumentException e) {
                again = addRefused(String.valueOf(e.getMessage()), replaced);
            }
        }
    }

    /** Whether reading can go on with the default of the refused key. */
    private boolean addRefused(String message, Set<String> replaced) {
        Optional<String> subject = subject(message);
        if (subject.isEmpty()) {
            findings.add(message, "'vidda config show --effective' lists all keys");
            return false;
        }
        String key = subject.get();
        Optional<ConfigValue> builtIn = builtIn(key);
        String remedy = builtIn.map(value -> "choose another value; the default is " + rendered(value))
                .orElse("choose another value");
        findings.add(key, reason(message, key), remedy);
        if (builtIn.isEmpty() || !replaced.add(key)) {
            return false;
        }
        readable = readable.withValue(key, builtIn.get());
        return true;
    }

    /**
     * The key a message is about. When it complains about a default, some other value that it mentions does not go with
     * that: then it is the key of that value.
     */
    private Optional<String> subject(String message) {
        Optional<String> named =
                KnownKeys.namedIn(message, known.leaves()).stream().findFirst();
        if (named.isEmpty() || isSet(named.get())) {
            return named;
        }
        return known.leaves().stream()
                .filter(this::isSet)
                .filter(key -> !KnownKeys.namedIn(message, List.of(KnownKeys.lastName(key)))
                        .isEmpty())
                .findFirst()
                .or(() -> named);
    }

    private boolean isSet(String key) {
        return readable.hasPath(key) && !Origins.isDefault(readable.getValue(key));
    }

    /** The message without the key it begins with and the value it ends with, which the line has already. */
    private static String reason(String message, String key) {
        String reason = message.startsWith(key) ? message.substring(key.length()) : message;
        return reason.replaceFirst("^[\\s:,]+", "").replaceFirst(",? (?:was|but it is|but was|has) '?[^' ]*'?$", "");
    }

    private Optional<ConfigValue> builtIn(String key) {
        Config reference = configuration.reference();
        return reference.hasPath(key) ? Optional.of(reference.getValue(key)) : Optional.empty();
    }

    private static String rendered(ConfigValue value) {
        return value.render(ConfigRenderOptions.concise());
    }
}
