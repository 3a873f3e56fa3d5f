package dev.vidda.worker.device.cuda;

import dev.vidda.worker.device.AttentionShape;
import dev.vidda.worker.device.LiveBytes;
import dev.vidda.worker.device.StepLimits;
import dev.vidda.worker.device.StepProgram;
import dev.vidda.worker.sampling.DrawnToken;
import dev.vidda.worker.sampling.Sampler;
import dev.vidda.worker.step.SampleState;
import dev.vidda.worker.step.StepBatch;
import dev.vidda.worker.step.StepResult;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * Runs steps. One in which every sequence decodes one token is replayed from a graph, any other is launched kernel by kernel;
 * the tokens come back through pinned memory.
 */
final class StepRunner implements AutoCloseable {
    private final Context context;
    private final StepInputs decodeInputs;
    private final StepInputs mixedInputs;
    private final Workspace workspace;
    private final StepGraphs graphs;
    private final CudaOps ops;
    private final Element element;
    private final PinnedMemory pinnedTokens;
    private final PinnedMemory pinnedRow;
    private final StepResult result;

    private @Nullable StepBatch launched;
    private @Nullable StepProgram recorded;
    private @Nullable Sampler sampler;
    private float[] hostLogits = {};

    /** Everything that launches kernels. */
    record Launchers(Linears linears, Attention attention, Launcher launcher, Kernels kernels, Element element) {}

    StepRunner(
            Context context,
            LiveBytes live,
            StepLimits limits,
            Workspace.Shapes shapes,
            AttentionShape attention,
            Launchers launchers) {
        this.context = context;
        int sequences = limits.maxSequences();
        long blocks = (long) sequences * Math.ceilDiv(limits.maxModelLength(), CudaKv.BLOCK_TOKENS);
        long chunks = (long) sequences * Chunks.most(limits.maxModelLength());
        int group = attention.heads() / attention.kvHeads();
        decodeInputs = new StepInputs(context, live, sequences, sequences, blocks, chunks, group);
        mixedInputs = new StepInputs(context, live, limits.maxTokens(), sequences, blocks, chunks, group);
        workspace = new Workspace(context, live, launchers.linears().gpu(), limits, shapes, attention);
        graphs = new StepGraphs(context, sequences);
        element = launchers.element();
        ops = new CudaOps(
                launchers.linears(),
                launchers.attention(),
                workspace,
                launchers.launcher(),
                launchers.kernels(),
                element,
                mixedInputs);
        pinnedTokens = new PinnedMemory(context, (long) sequences * Integer.BYTES);
        pinnedRow = new PinnedMemory(context, (long) Math.max(shapes.mostOutputs(), shapes.hidden()) * Float.BYTES);
        result = new StepResult(sequences);
    }

    void launch(StepBatch batch, StepProgram program) {
        if (launched != null) {
            throw new IllegalStateException("the step before was not awaited");
        }
        checkIds(batch);
        context.enter();
        boolean decodes = batch.tokens() == batch.sequences() && batch.sampled() == batch.tokens();
        if (decodes && recorded == program) {
            int rows = graphs.bucket(batch.tokens());
            decodeInputs.fill(context, batch, rows);
            graphs.launch(rows, () -> {
                ops.begin(decodeInputs, rows, rows, rows);
                program.run(ops);
                return ops.contents();
            });
        } else {
            // The first step is not recorded either: it makes what must not be made while recording.
            mixedInputs.fill(context, batch, batch.tokens());
            ops.begin(mixedInputs, batch.tokens(), batch.sampled(), mixedInputs.decoding());
            program.run(ops);
            recorded = recorded == null ? program : recorded;
        }
        if (batch.sampled() > 0) {
            workspace
                    .tokens()
                    .download(context, 0, pinnedTokens.segment().asSlice(0, (long) batch.sampled() * Integer.BYTES));
        }
        launched = batch;
    }

    private void checkIds(StepBatch batch) {
        for (int i = 0; i < batch.tokens(); i++) {
            int id = batch.tokenIds()[i];
            if (id < 0 || id >= ops.vocabulary()) {
                throw new IllegalArgumentException(
                        "token id " + id + " is not in the vocabulary of " + ops.vocabulary());
            }
        }
    }

    StepResult await() {
        StepBatch batch = launched;
        if (batch == null) {
            throw new IllegalStateException("no step was launched");
        }
        context.enter();
        context.synchronize();
        launched = null;
        result.clear();
        for (int i = 0; i < batch.sampled(); i++) {
            SampleState state = batch.samples()[i];
            int token = pinnedTokens.segment().getAtIndex(ValueLayout.JAVA_INT, i);
            if (SampleInputs.needsHost(state)) {
                DrawnToken drawn = drawOnHost(i, state);
                result.add(drawn.token(), drawn.logprobs());
            } else {
                result.add(token, null);
            }
        }
        return result;
    }

    private DrawnToken drawOnHost(int index, SampleState state) {
        CudaActivation from = ops.logits();
        if (sampler == null) {
            sampler = new Sampler(from.width());
            hostLogits = new float[from.width()];
        }
        read(from, index, hostLogits);
        return sampler.draw(hostLogits, 0, state);
    }

    /** Copies a row to the host as floats. */
    void read(CudaActivation activation, int row, float[] target) {
        context.enter();
        int width = activation.width();
        switch (activation.content()) {
            case FLOATS -> {
                MemorySegment values = fetch(activation, (long) row * width * Float.BYTES, (long) width * Float.BYTES);
                MemorySegment.copy(values, ValueLayout.JAVA_FLOAT, 0, target, 0, width);
            }
            case ROWS, FRAGMENTS -> {
                MemorySegment values = fetch(activation, (long) row * width * Short.BYTES, (long) width * Short.BYTES);
                boolean fragments = activation.content() == CudaActivation.Content.FRAGMENTS;
                for (int i = 0; i < width; i++) {
                    target[i] = element.toFloat(values.getAtIndex(ValueLayout.JAVA_SHORT, fragments ? place(i) : i));
                }
            }
            case NOTHING, PARTS, QUERIES ->
                throw new IllegalStateException("this device does not keep rows that hold " + activation.content());
        }
    }

    /** Where {@code place()} of the kernels puts element {@code k}. */
    static int place(int k) {
        return k & ~31 | (k & 6) << 2 | (k & 16) >> 2 | (k & 8) >> 2 | k & 1;
    }

    private MemorySegment fetch(CudaActivation activation, long offset, long bytes) {
        MemorySegment to = pinnedRow.segment().asSlice(0, bytes);
        activation.memory().download(context, offset, to);
        context.synchronize();
        return to;
    }

    @Override
    public void close() {
        context.synchronize();
        graphs.close();
        decodeInputs.close();
        mixedInputs.close();
        workspace.close();
        pinnedTokens.close();
        pinnedRow.close();
    }
}
