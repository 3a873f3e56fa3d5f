package dev.vidda.simulator;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The loads that a cluster can be put under. */
public enum TraceKind {
    /** Chats: short prompts, answers of a few hundred tokens, as in ShareGPT. */
    SHAREGPT,
    /** Nine in ten are chats, one in ten has a prompt of 8K to 64K tokens. */
    LONG,
    /** Agents: sessions of many turns that share long beginnings, and come back after their tools. */
    AGENTS,
    /** Chats in bursts: four times the rate of the quiet between. */
    BURSTS,
    /** Chats of four tenants of unequal weight, of which one asks for much more than its share. */
    TENANTS,
    /** Chats, while workers die and come back. */
    FAILURES;

    /** The name on the command line. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The trace of that name.
     *
     * @throws IllegalArgumentException naming those that there are
     */
    public static TraceKind of(String label) {
        return Arrays.stream(values())
                .filter(kind -> kind.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no trace " + label + "; there are "
                        + Arrays.stream(values()).map(TraceKind::label).collect(Collectors.joining(", "))));
    }
}
