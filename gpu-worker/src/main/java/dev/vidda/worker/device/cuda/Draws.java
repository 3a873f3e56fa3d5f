package dev.vidda.worker.device.cuda;

import dev.vidda.worker.device.LiveBytes;
import dev.vidda.worker.step.SampleLimits;
import java.util.List;

/**
 * The way from logits to tokens and back to the next step's inputs: the launches of sample.cu and sample_adjust.cu, and what they
 * keep on the GPU.
 */
final class Draws implements AutoCloseable {
    /** Bytes of {@code struct LogprobRecord} of the kernels. */
    static final int RECORD_BYTES = 24 + 8 * SampleLimits.MOST_TOP_LOGPROBS;

    private static final int PARTS = 16;
    private static final int ROWS_PER_BLOCK = 256;

    private final Launcher launcher;
    private final Kernels kernels;
    private final int vocabulary;
    private final Scratch history;
    private final Scratch records;
    private final Scratch largest;
    private final Scratch counts;
    private final Scratch tokens;

    Draws(Context context, LiveBytes live, Launcher launcher, Kernels kernels, Sizes sizes) {
        this.launcher = launcher;
        this.kernels = kernels;
        vocabulary = sizes.vocabulary();
        long sequences = sizes.sequences();
        history = scratch(context, live, (long) sizes.blocks() * CudaKv.BLOCK_TOKENS * Integer.BYTES);
        records = scratch(context, live, sequences * RECORD_BYTES);
        largest = scratch(context, live, sequences * PARTS * Long.BYTES);
        counts = scratch(context, live, sequences * vocabulary * Integer.BYTES);
        tokens = scratch(context, live, sequences * Integer.BYTES);
    }

    /**
     * What the memory depends on.
     *
     * @param sequences the most sequences of a step
     * @param vocabulary the most logits of a row
     * @param blocks blocks of the KV pool
     */
    record Sizes(int sequences, int vocabulary, int blocks) {}

    private static Scratch scratch(Context context, LiveBytes live, long bytes) {
        return new Scratch(live, DeviceMemory.allocateZeros(context, bytes));
    }

    /** Puts tokens that the step before drew among this step's, and all of them into the history of their sequences. */
    void handOver(StepInputs inputs, int rows) {
        launcher.begin()
                .pointer(inputs.address(inputs.tokenIds))
                .pointer(inputs.address(inputs.slots))
                .pointer(tokens.address())
                .pointer(history.address())
                .int32(rows)
                .launch(kernels.get("sample_hand_over", 0), Math.ceilDiv(rows, ROWS_PER_BLOCK), 1, ROWS_PER_BLOCK);
    }

    /** Draws a token from each of the first {@code sampled} rows of logits, which it may change. */
    void draw(StepInputs inputs, CudaActivation logits, int sampled) {
        launcher.begin()
                .pointer(logits.address())
                .struct()
                .withInt64(inputs.address(inputs.count))
                .withInt64(inputs.address(inputs.adjustments))
                .withInt64(inputs.address(inputs.entries))
                .withInt64(inputs.address(inputs.blockIds))
                .withInt64(history.address())
                .withInt64(counts.address())
                .withInt64(records.address())
                .withInt64(inputs.address(inputs.allowed))
                .withInt32(logits.width())
                .withInt32(2 * SampleInputs.allowedWords(vocabulary))
                .launch(kernels.get("sample_adjust", 0), sampled, 1, 1024);
        appendSampling(inputs, logits);
        launcher.launch(kernels.get("sample_largest", 0), PARTS, sampled, 256);
        appendSampling(inputs, logits);
        launcher.launch(kernels.get("sample_draw", 0), sampled, 1, 1024);
    }

    private void appendSampling(StepInputs inputs, CudaActivation logits) {
        launcher.begin()
                .pointer(logits.address())
                .struct()
                .withInt64(inputs.address(inputs.count))
                .withInt64(inputs.address(inputs.temperature))
                .withInt64(inputs.address(inputs.topP))
                .withInt64(inputs.address(inputs.limit))
                .withInt64(inputs.address(inputs.topK))
                .withInt64(inputs.address(inputs.seeds))
                .withInt64(inputs.address(inputs.indices))
                .withInt64(largest.address())
                .withInt64(counts.address())
                .withInt64(tokens.address())
                .withInt64(records.address())
                .withInt64(inputs.address(inputs.adjustments))
                .withInt32(logits.width());
    }

    /** [slots of the KV pool] the token ids of all sequences, where their keys and values are. */
    DeviceMemory history() {
        return history.memory();
    }

    /** [sequences] the tokens drawn last. */
    DeviceMemory tokens() {
        return tokens.memory();
    }

    /** [sequences] what log probabilities are made of, for the rows that want them. */
    DeviceMemory records() {
        return records.memory();
    }

    @Override
    public void close() {
        for (Scratch scratch : List.of(history, records, largest, counts, tokens)) {
            scratch.close();
        }
    }
}
