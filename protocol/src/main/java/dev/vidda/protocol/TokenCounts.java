package dev.vidda.protocol;

/**
 * A worker's tokens since its start.
 *
 * @param computed tokens whose keys and values were computed, those of preempted sequences again
 * @param cached prompt tokens found in the prefix cache
 * @param generated tokens drawn
 */
public record TokenCounts(long computed, long cached, long generated) {
    /** Before the first step. */
    public static final TokenCounts NONE = new TokenCounts(0, 0, 0);
}
