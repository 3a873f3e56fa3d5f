package dev.vidda.simulator;

/**
 * How long a step takes on a GPU, as measured: what all its rows cost together, what decoding sequences read of their
 * contexts, and what prompts attend to.
 *
 * @param rows numbers of rows in a step to the milliseconds of a step of so many without attention
 * @param reading tokens of context that all decoding sequences have together to the milliseconds that reading them adds
 * @param nanosPerPair what each pair of a computed prompt token and one that it attends to adds
 */
public record StepTimes(Curve rows, Curve reading, double nanosPerPair) {
    private static final double NANOS = 1e6;

    /** Measured points, ascending, with straight lines between them and beyond the last. */
    @SuppressWarnings("ArrayRecordComponent") // a constant table, never compared
    public record Curve(double[] from, double[] millis) {
        double at(double value) {
            int last = from.length - 1;
            int at = 1;
            while (at < last && from[at] < value) {
                at++;
            }
            double slope = (millis[at] - millis[at - 1]) / (from[at] - from[at - 1]);
            return millis[at - 1] + slope * (Math.max(from[0], value) - from[at - 1]);
        }
    }

    /**
     * Qwen3-4B in bf16 on one H200. Rows: decoding steps of 1 to 256 sequences with 192 tokens of context, and prompts of 512
     * to 8,192, each without its attention. Reading: at 128 sequences of 192 tokens by the attention kernels, at 32 of 2,048
     * and 8,192 by what they add to steps; beyond that at the memory's bandwidth, 147,456 bytes a token. Pairs: what a prompt
     * of 32,768 takes beyond four of 8,192.
     */
    public static StepTimes h200Qwen3With4B() {
        return new StepTimes(
                new Curve(
                        new double[] {1, 8, 16, 32, 64, 128, 256, 512, 2_048, 8_192},
                        new double[] {2.37, 2.46, 2.67, 2.68, 2.94, 3.67, 5.5, 8.6, 26.2, 103.1}),
                new Curve(
                        new double[] {0, 25_000, 66_000, 263_000, 1_000_000}, new double[] {0, 1.22, 4.0, 9.93, 34.0}),
                0.98);
    }

    /** Nanoseconds of a step. */
    public long nanos(int prefillTokens, double pairs, int sequences, double kvTokens) {
        double millis = rows.at(prefillTokens + sequences) + reading.at(kvTokens);
        return Math.round(millis * NANOS + nanosPerPair * pairs);
    }
}
