package dev.vidda.worker.sampling;

/**
 * Probabilities as integers: the weight of a token that lies {@code distance} nats below the most likely one is
 * {@code floor(2^40 * e^-distance)}. Sums of integers do not depend on their order, so any number of threads in any
 * arrangement finds the same total and the same cumulative sums.
 *
 * <p>The exponential is float arithmetic in a fixed order (round-to-nearest products, sums and fused multiply-adds,
 * nothing else), which other hardware repeats bit by bit; its relative error is below 3e-7.
 */
final class Weight {
    /** Tokens this far below the most likely one, or farther, weigh nothing: {@code e^-27.725 > 2^-40 > e^-27.726}. */
    static final float NOTHING_FROM = 27.725f;

    private static final float SCALE = 0x1p40f;
    private static final float LOG2_E = 1.44269504f;
    // ln 2 in two parts: the first has so few bits that its product with any exponent is exact.
    private static final float LN2_HIGH = 0.693359375f;
    private static final float LN2_LOW = -2.12194440e-4f;
    // Adding and subtracting 1.5 * 2^23 rounds to the nearest integer.
    private static final float ROUND = 0x1.8p23f;

    private Weight() {}

    /** {@code floor(2^40 * e^-distance)} for a distance in {@code [0, NOTHING_FROM)}. */
    static long of(float distance) {
        return (long) (expOfMinus(distance) * SCALE);
    }

    /** {@code e^-distance} for a distance in {@code [0, 87]}. */
    static float expOfMinus(float distance) {
        float shifted = -distance * LOG2_E + ROUND;
        float exponent = shifted - ROUND;
        float rest = Math.fma(exponent, -LN2_LOW, Math.fma(exponent, -LN2_HIGH, -distance));
        float sum = 1f / 5040f;
        sum = Math.fma(sum, rest, 1f / 720f);
        sum = Math.fma(sum, rest, 1f / 120f);
        sum = Math.fma(sum, rest, 1f / 24f);
        sum = Math.fma(sum, rest, 1f / 6f);
        sum = Math.fma(sum, rest, 0.5f);
        sum = Math.fma(sum, rest, 1f);
        sum = Math.fma(sum, rest, 1f);
        return sum * Float.intBitsToFloat((127 + (int) exponent) << 23);
    }
}
