package dev.vidda.worker.engine;

/**
 * What a step computed.
 *
 * @param prefillTokens prompt tokens
 * @param decodeSequences sequences that got their next token
 * @param kvTokens tokens in the cache of all its sequences
 */
public record StepCounts(int prefillTokens, int decodeSequences, long kvTokens) {
    /** No step. */
    public static final StepCounts NONE = new StepCounts(0, 0, 0);
}
