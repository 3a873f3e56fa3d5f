package dev.vidda.worker.device.cuda;

import dev.vidda.worker.device.LiveBytes;
import dev.vidda.worker.device.StepLimits;
import dev.vidda.worker.device.StepProgram;
import dev.vidda.worker.step.StepBatch;
import dev.vidda.worker.step.StepResult;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * Runs steps. One in which every sequence decodes one token is replayed from a graph, any other is launched kernel by kernel.
 * A step may be launched while the one before it computes: it finds that one's tokens on the GPU. The tokens come back
 * through pinned memory.
 */
final class StepRunner implements AutoCloseable {
    private static final int MOST_IN_FLIGHT = 2;

    private final Context context;
    private final StepInputs decodeInputs;
    private final StepInputs mixedInputs;
    private final Workspace workspace;
    private final Draws draws;
    private final StepGraphs graphs;
    private final CudaOps ops;
    private final Element element;
    private final Readback[] readbacks;
    private final StepClock clock;
    private final PinnedMemory pinnedRow;
    private final StepResult result;

    private @Nullable StepProgram recorded;
    private long launched;
    private long awaited;
    private int sampledBefore;
    private long computeNanos;

    /** Everything that launches kernels. */
    record Launchers(Linears linears, Attention attention, Launcher launcher, Kernels kernels, Element element) {}

    StepRunner(
            Context context,
            LiveBytes live,
            StepLimits limits,
            Workspace.Shapes shapes,
            CudaDevice.KvSize kv,
            Launchers launchers) {
        this.context = context;
        int sequences = limits.maxSequences();
        long blocks = (long) sequences * Math.ceilDiv(limits.maxModelLength(), CudaKv.BLOCK_TOKENS);
        long chunks = (long) sequences * Chunks.most(limits.maxModelLength());
        int group = kv.attention().heads() / kv.attention().kvHeads();
        int vocabulary = shapes.mostOutputs();
        decodeInputs = new StepInputs(
                context, live, new StepInputs.Sizes(sequences, sequences, blocks, chunks, vocabulary), group);
        mixedInputs = new StepInputs(
                context, live, new StepInputs.Sizes(limits.maxTokens(), sequences, blocks, chunks, vocabulary), group);
        workspace = new Workspace(context, live, launchers.linears().gpu(), limits, shapes, kv.attention());
        Draws.Sizes sizes = new Draws.Sizes(sequences, vocabulary, kv.blocks());
        draws = new Draws(context, live, launchers.launcher(), launchers.kernels(), sizes);
        graphs = new StepGraphs(context, sequences);
        element = launchers.element();
        ops = new CudaOps(launchers, draws, workspace, mixedInputs);
        readbacks = new Readback[] {new Readback(context, sequences), new Readback(context, sequences)};
        clock = new StepClock(context);
        pinnedRow = new PinnedMemory(context, (long) Math.max(shapes.mostOutputs(), shapes.hidden()) * Float.BYTES);
        result = new StepResult(sequences);
    }

    void launch(StepBatch batch, StepProgram program) {
        if (launched - awaited == MOST_IN_FLIGHT) {
            throw new IllegalStateException("two steps are not awaited");
        }
        checkIds(batch);
        context.enter();
        boolean decodes = batch.tokens() == batch.sequences() && batch.sampled() == batch.tokens();
        if (decodes && recorded == program) {
            int rows = graphs.bucket(batch.tokens());
            decodeInputs.fill(context, batch, rows);
            clock.begins(launched);
            graphs.launch(rows, () -> {
                run(program, decodeInputs, rows, rows, rows);
                return ops.contents();
            });
        } else {
            // The first step is not recorded either: it makes what must not be made while recording.
            mixedInputs.fill(context, batch, batch.tokens());
            clock.begins(launched);
            run(program, mixedInputs, batch.tokens(), batch.sampled(), mixedInputs.decoding());
            recorded = recorded == null ? program : recorded;
        }
        clock.ends(launched);
        readback(launched).start(batch, draws);
        sampledBefore = batch.sampled();
        launched++;
    }

    private void run(StepProgram program, StepInputs inputs, int rows, int sampled, int decoding) {
        draws.handOver(inputs, rows);
        ops.begin(inputs, rows, sampled, decoding);
        program.run(ops);
    }

    private Readback readback(long step) {
        return readbacks[(int) (step % MOST_IN_FLIGHT)];
    }

    private void checkIds(StepBatch batch) {
        for (int i = 0; i < batch.tokens(); i++) {
            int id = batch.tokenIds()[i];
            if (id < 0 && ~id >= sampledBefore) {
                throw new IllegalArgumentException(
                        "a row takes token " + ~id + " of the step before, which drew " + sampledBefore);
            }
            if (id >= ops.vocabulary()) {
                throw new IllegalArgumentException(
                        "token id " + id + " is not in the vocabulary of " + ops.vocabulary());
            }
        }
    }

    StepResult await() {
        if (launched == awaited) {
            throw new IllegalStateException("no step was launched");
        }
        context.enter();
        readback(awaited).finish(result);
        result.took(clock.computeNanos(awaited), clock.idleNanos(awaited));
        computeNanos += result.computeNanos();
        awaited++;
        return result;
    }

    /** Nanoseconds the GPU computed the steps that were awaited. */
    long computeNanos() {
        return computeNanos;
    }

    /** [slots of the KV pool] the token ids of all sequences, where their keys and values are. */
    DeviceMemory history() {
        return draws.history();
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
        draws.close();
        readbacks[0].close();
        readbacks[1].close();
        clock.close();
        pinnedRow.close();
    }
}
