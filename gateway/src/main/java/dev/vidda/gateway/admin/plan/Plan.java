package dev.vidda.gateway.admin.plan;

/**
 * What becomes of a {@link PlanRequest}. Bytes are those of one GPU.
 *
 * @param weights a GPU's share of the model
 * @param workspace activations, logits, graphs, the driver
 * @param kvPool the cache; 0 if not even the weights fit
 * @param kvNeeded what the requests asked about need of it
 * @param blocks KV blocks in the pool
 * @param blocksEach KV blocks of one request
 * @param largestBatch requests of that context that run at a time
 * @param longestContext prompt and generated tokens that one request alone could have
 * @param whyNot why it does not fit; empty if it does
 * @param batch the requests at a time that the speeds below are for: as many as were asked about, or fit
 * @param roofline the step as fast as memory and arithmetic of the data sheet allow
 * @param expected the step as it is to be expected
 * @param prefillRoofline prompt tokens a second, at most
 * @param prefillExpected prompt tokens a second to be expected
 */
public record Plan(
        PlanRequest request,
        long weights,
        long workspace,
        long kvPool,
        long kvNeeded,
        int blocks,
        int blocksEach,
        int largestBatch,
        long longestContext,
        String whyNot,
        int batch,
        Decode roofline,
        Decode expected,
        double prefillRoofline,
        double prefillExpected) {
    private static final double MILLIS = 1e3;

    /**
     * A decoding step.
     *
     * @param seconds it takes; 0 if nothing runs
     * @param tokensPerSecond of all streams
     */
    public record Decode(double seconds, double tokensPerSecond) {
        static Decode of(double seconds, int batch) {
            return batch == 0 ? new Decode(0, 0) : new Decode(seconds, batch / seconds);
        }

        /** Time between two tokens of a stream. */
        public double millis() {
            return seconds * MILLIS;
        }
    }

    /** Whether all that was asked about runs at a time. */
    public boolean fits() {
        return whyNot.isEmpty();
    }

    /** Time to the first token of a lone request whose prompt is all of the context, in seconds. */
    public double ttftExpected() {
        return prefillExpected == 0 ? 0 : request.context() / prefillExpected + expected.seconds();
    }
}
