package dev.vidda.protocol;

/**
 * The end of a sequence.
 *
 * @param stopToken the stop token that ended it, or -1
 * @param cachedTokens prompt tokens whose keys and values came from the prefix cache
 * @param preemptions times the sequence gave up its blocks and was resumed
 * @param message what went wrong, for {@link FinishReason#FAILED}; else empty
 */
public record Finish(FinishReason reason, int stopToken, int cachedTokens, int preemptions, String message) {}
