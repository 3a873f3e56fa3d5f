package dev.vidda.node.logging;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a line of the log looks like. */
public enum LogFormat {
    /** For people. */
    TEXT,
    /** An object a line, for machines. */
    JSON;

    /** @throws IllegalArgumentException naming {@code key} if there is no such format */
    public static LogFormat parse(String key, String word) {
        return Arrays.stream(values())
                .filter(format -> format.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(key + " must be "
                        + Arrays.stream(values()).map(LogFormat::word).collect(Collectors.joining(" or ")) + ", was "
                        + word));
    }

    /** As configuration files have it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
