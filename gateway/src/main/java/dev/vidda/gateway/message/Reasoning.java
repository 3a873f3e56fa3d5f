package dev.vidda.gateway.message;

/** Where a model's reasoning stands in what it writes. */
public enum Reasoning {
    /** Nowhere: all text is the answer. */
    NONE,
    /** Maybe at the beginning, between {@code <think>} and {@code </think>}. */
    MAYBE,
    /** At the beginning up to {@code </think>}: the prompt has opened it. */
    OPEN
}
