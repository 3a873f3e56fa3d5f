package dev.vidda.protocol;

/**
 * What one step computed, and how long it took: from such samples its cost is learned.
 *
 * @param prefillTokens prompt tokens computed
 * @param decodeSequences sequences that got their next token
 * @param kvTokens tokens in the cache of all sequences of the step
 * @param micros time from this step's result to the one before, or its own time if the device was idle between
 */
public record StepSample(int prefillTokens, int decodeSequences, long kvTokens, long micros) {}
