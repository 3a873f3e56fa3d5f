package dev.vidda.gateway.admin.plan;

import dev.vidda.protocol.kv.KvCost;
import dev.vidda.protocol.kv.KvShape;

/**
 * Counts memory and time. A decoding step reads all weights that it needs and all cached tokens once, and multiplies each
 * row by the active weights: the roofline is the longer of the two. What is expected adds both, the arithmetic at the
 * efficiency of real kernels, and a fixed time for each layer; the constants were fitted to the H200's steps in
 * docs/performance.md and reproduce them within some 15 %.
 */
public final class Planner {
    /** Share of the peak that matrix kernels of decoding steps reach. */
    private static final double DECODE_EFFICIENCY = 0.58;
    /** The same for the long rows of prompts. */
    private static final double PREFILL_EFFICIENCY = 0.6;

    private static final double SECONDS_PER_LAYER = 22e-6;
    /** Between two GPUs of a group, for each of the two exchanges of a layer. */
    private static final double SECONDS_PER_EXCHANGE = 10e-6;
    /** What the driver's context, modules and graphs take, and what is left alone. */
    public static final long SPARE_BYTES = (384L + 512L) << 20;

    private Planner() {}

    /** Plans. */
    public static Plan plan(PlanRequest request) {
        ModelFacts model = request.model();
        KvShape shape = shape(request);
        long weights = Math.ceilDiv(model.weightBytes(request.precision()), request.gpus());
        long workspace = workspace(request);
        long left = request.gpu().memoryBytes() - weights - workspace;
        long pool = Math.max(0, (long) (left * request.kvShare()));
        int blocks = KvCost.blocksIn(shape, pool);
        int each = KvCost.blocks(shape, request.context() - 1, 1, 1);
        int largest = blocks / each;
        int batch = Math.min(request.concurrency(), largest);
        double prefill = request.gpus() * flops(request) / (2.0 * model.active());
        return new Plan(
                request,
                weights,
                workspace,
                blocks * shape.bytesPerBlock(),
                (long) request.concurrency() * each * shape.bytesPerBlock(),
                blocks,
                each,
                largest,
                Math.min(model.maxPositions(), KvCost.longestContext(shape, blocks)),
                whyNot(request, left, largest),
                batch,
                roofline(request, batch),
                expected(request, batch),
                largest == 0 ? 0 : prefill,
                largest == 0 ? 0 : prefill * PREFILL_EFFICIENCY);
    }

    /** What a token takes on one of the GPUs: heads are dealt out among them, a latent vector is not. */
    static KvShape shape(PlanRequest request) {
        KvShape whole = request.model().kv(request.kvBytes());
        int share = request.model().latent() ? 1 : request.gpus();
        return new KvShape(
                whole.layers(),
                Math.ceilDiv(whole.elementsPerLayer(), share),
                whole.bytesPerElement(),
                whole.blockTokens(),
                whole.slidingWindow());
    }

    private static long workspace(PlanRequest request) {
        ModelFacts model = request.model();
        long rows = request.batchTokens();
        long activations = rows * (model.activationWidth() / request.gpus() * Float.BYTES + (long) model.hidden() * 2);
        long sampling = (long) request.concurrency() * model.vocabulary() * (Float.BYTES + Integer.BYTES);
        return activations + sampling + SPARE_BYTES;
    }

    private static String whyNot(PlanRequest request, long left, int largest) {
        if (request.context() > request.model().maxPositions()) {
            return "the model was made for %,d tokens, not %,d"
                    .formatted(request.model().maxPositions(), request.context());
        }
        if (left <= 0) {
            return "weights and workspace alone need %.1f GiB more than there are"
                    .formatted(-left / (double) (1 << 30));
        }
        if (largest < request.concurrency()) {
            return "the cache holds %,d requests of %,d tokens at a time, not %,d"
                    .formatted(largest, request.context(), request.concurrency());
        }
        return "";
    }

    private static Plan.Decode roofline(PlanRequest request, int batch) {
        return Plan.Decode.of(Math.max(readSeconds(request, batch), computeSeconds(request, batch)), batch);
    }

    private static Plan.Decode expected(PlanRequest request, int batch) {
        int layers = request.model().kv().layers();
        double fixed = layers * (SECONDS_PER_LAYER + (request.gpus() > 1 ? 2 * SECONDS_PER_EXCHANGE : 0));
        double seconds = readSeconds(request, batch) + computeSeconds(request, batch) / DECODE_EFFICIENCY + fixed;
        return Plan.Decode.of(seconds, batch);
    }

    private static double readSeconds(PlanRequest request, int batch) {
        ModelFacts model = request.model();
        // Of a mixture's experts, a batch touches as many as chance has it.
        double untouched = Math.pow(1 - (double) model.active() / model.linear(), batch);
        double read = model.linear() * (1 - untouched) * request.precision().bytes()
                + 2.0 * (model.head() == 0 ? model.embeddings() : model.head());
        double cache = (double) batch * request.context() * shape(request).bytesPerToken();
        return (read / request.gpus() + cache) / request.gpu().bandwidth();
    }

    private static double computeSeconds(PlanRequest request, int batch) {
        double weights = request.model().active()
                + (request.model().head() == 0
                        ? request.model().embeddings()
                        : request.model().head());
        return 2.0 * weights * batch / (flops(request) * request.gpus());
    }

    private static double flops(PlanRequest request) {
        boolean fp8 = request.precision() == Precision.FP8 && request.gpu().fp8Flops() > 0;
        return fp8 ? request.gpu().fp8Flops() : request.gpu().flops();
    }
}
