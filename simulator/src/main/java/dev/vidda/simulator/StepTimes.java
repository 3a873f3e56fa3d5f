package dev.vidda.simulator;

/**
 * How long a step takes on a GPU, as measured: a table for what all rows cost together, and what attention reads.
 *
 * @param rows numbers of rows in a step, ascending, from 1
 * @param millis time of a step of so many rows, without attention; between two entries it is linear
 * @param nanosPerCachedToken what a decoding sequence adds for each token of its context
 * @param nanosPerPair what each pair of a computed prompt token and one that it attends to adds
 */
@SuppressWarnings("ArrayRecordComponent") // a constant table, never compared
public record StepTimes(int[] rows, double[] millis, double nanosPerCachedToken, double nanosPerPair) {
    private static final double NANOS = 1e6;

    /**
     * Qwen3-4B in bf16 on one H200, as an engine was measured whose kernels for many rows were slower: decode steps less 72 ns for each of the
     * 192 tokens of context that a sequence had on average, the prefill steps less 1.3 ns for each pair.
     */
    public static StepTimes h200Qwen3With4B() {
        return new StepTimes(
                new int[] {1, 8, 16, 32, 64, 128, 256, 512, 2_048, 8_192},
                new double[] {2.89, 2.90, 3.18, 3.39, 3.44, 4.24, 6.43, 11.7, 30.2, 112.1},
                72,
                1.3);
    }

    /** Nanoseconds of a step. */
    public long nanos(int prefillTokens, double pairs, int sequences, double kvTokens) {
        double attention = nanosPerCachedToken * kvTokens + nanosPerPair * pairs;
        return Math.round(linear(prefillTokens + sequences) * NANOS + attention);
    }

    private double linear(int count) {
        int last = rows.length - 1;
        int at = 1;
        while (at < last && rows[at] < count) {
            at++;
        }
        double slope = (millis[at] - millis[at - 1]) / (rows[at] - rows[at - 1]);
        return millis[at - 1] + slope * (Math.max(1, count) - rows[at - 1]);
    }
}
