package dev.vidda.worker.sampling;

/**
 * Philox4x32-10, a counter-based random number generator: the n-th number is a function of (key, n) and needs no state,
 * so any machine can compute it. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011; the same
 * function as cuRAND's {@code curand_Philox4x32_10}.
 */
final class Philox {
    private static final int MULTIPLIER_0 = 0xD2511F53;
    private static final int MULTIPLIER_1 = 0xCD9E8D57;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;
    private static final int ROUNDS = 10;

    private Philox() {}

    /**
     * 64 random bits: words 0 (low) and 1 (high) of the block with counter {@code (index, 0, 0, 0)} under the key
     * {@code (seed low, seed high)}.
     */
    static long bits(long seed, int index) {
        return block(index, 0, 0, 0, (int) seed, (int) (seed >>> 32));
    }

    /** The first two words of a block, the first one in the low half. */
    static long block(int counter0, int counter1, int counter2, int counter3, int key0, int key1) {
        int c0 = counter0;
        int c1 = counter1;
        int c2 = counter2;
        int c3 = counter3;
        int k0 = key0;
        int k1 = key1;
        for (int round = 0; round < ROUNDS; round++) {
            long product0 = Integer.toUnsignedLong(MULTIPLIER_0) * Integer.toUnsignedLong(c0);
            long product1 = Integer.toUnsignedLong(MULTIPLIER_1) * Integer.toUnsignedLong(c2);
            c0 = (int) (product1 >>> 32) ^ c1 ^ k0;
            c1 = (int) product1;
            c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
            c3 = (int) product0;
            k0 += WEYL_0;
            k1 += WEYL_1;
        }
        return Integer.toUnsignedLong(c0) | (long) c1 << 32;
    }
}
