package dev.vidda.worker.engine;

/** What {@link Engine#add} says. */
public sealed interface AddResult {
    /** The request waits for its turn. */
    record Added() implements AddResult {}

    /**
     * The request can never run here.
     *
     * @param message names the limit and the value
     */
    record Refused(String message) implements AddResult {}
}
