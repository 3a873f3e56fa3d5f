package dev.vidda.worker.constraint;

/**
 * The tokens that may follow.
 *
 * @param complete whether the text may end here
 */
record TokenMask(long[] bits, boolean complete) {
    boolean allows(int token) {
        return token >= 0 && token >> 6 < bits.length && (bits[token >> 6] >>> token & 1) != 0;
    }
}
