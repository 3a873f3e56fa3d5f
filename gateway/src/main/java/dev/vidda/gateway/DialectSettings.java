package dev.vidda.gateway;

import dev.vidda.gateway.message.Dialect;
import dev.vidda.gateway.message.ToolFormat;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How answers are read, where that is not to be taken from the model's chat template.
 *
 * @param toolParser {@code auto}, {@code none} or the name of a {@link ToolFormat}
 * @param reasoningParser {@code auto}, {@code none} or {@code think}
 */
public record DialectSettings(String toolParser, String reasoningParser) {
    private static final String AUTO = "auto";
    private static final String NONE = "none";
    private static final String THINK = "think";

    /** @throws IllegalArgumentException that names the key at fault and what it may be */
    public DialectSettings {
        check(
                "tool-parser",
                toolParser,
                Stream.concat(Stream.of(AUTO, NONE), formats()).toList());
        check("dialect.reasoning-parser", reasoningParser, List.of(AUTO, NONE, THINK));
    }

    private static Stream<String> formats() {
        return Arrays.stream(ToolFormat.values()).map(DialectSettings::name);
    }

    private static String name(ToolFormat format) {
        return format.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static void check(String key, String value, List<String> allowed) {
        if (!allowed.contains(value)) {
            throw new IllegalArgumentException(
                    GatewaySettings.PATH + "." + key + " must be one of " + allowed + ", but it is " + value);
        }
    }

    /** What holds for a model whose template tells {@code detected}. */
    public Dialect over(Dialect detected) {
        Optional<ToolFormat> tools = toolParser.equals(AUTO)
                ? detected.tools()
                : Arrays.stream(ToolFormat.values())
                        .filter(format -> name(format).equals(toolParser))
                        .findFirst();
        boolean reasons = reasoningParser.equals(AUTO) ? detected.reasons() : reasoningParser.equals(THINK);
        return new Dialect(tools, reasons);
    }
}
