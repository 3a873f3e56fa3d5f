package dev.vidda.worker.device.cuda;

/** How the context of a decoding sequence is cut into chunks that are attended to in parallel. */
final class Chunks {
    /** The most chunks of a sequence. */
    static final int MOST = 32;

    private static final int SMALLEST = 256;

    private Chunks() {}

    /** Tokens of a chunk, a power of two; depends on nothing but the context, so that its sums are always the same. */
    static int tokens(int context) {
        int least = Math.ceilDiv(context, MOST);
        int power = least <= 1 ? 1 : Integer.highestOneBit(least - 1) << 1;
        return Math.max(SMALLEST, power);
    }

    /** The most chunks of a sequence of at most {@code length} tokens. */
    static int most(int length) {
        return Math.min(MOST, Math.ceilDiv(length, SMALLEST));
    }
}
