package dev.vidda.protocol;

/**
 * What one step computed, and how long it took: from such samples its cost is learned.
 *
 * @param prefillTokens prompt tokens computed
 * @param prefillPairs pairs of a computed prompt token and a token that it attends to, itself among them: {@code n}
 *     tokens after {@code k} known ones make {@code n * k + n * (n + 1) / 2}
 * @param decodeSequences sequences that got their next token
 * @param kvTokens tokens in the cache of all sequences of the step
 * @param micros time from this step's result to the one before, or its own time if the device was idle between
 */
public record StepSample(int prefillTokens, long prefillPairs, int decodeSequences, long kvTokens, long micros) {
    /** A step whose prompt tokens are those of one prompt from its beginning. */
    public StepSample(int prefillTokens, int decodeSequences, long kvTokens, long micros) {
        this(prefillTokens, pairs(prefillTokens, 0), decodeSequences, kvTokens, micros);
    }

    /** The pairs of {@code tokens} prompt tokens that follow {@code known} ones. */
    public static long pairs(int tokens, long known) {
        return tokens * known + (long) tokens * (tokens + 1) / 2;
    }
}
