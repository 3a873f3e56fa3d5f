package dev.vidda.worker.device.cuda;

import dev.vidda.worker.device.AttentionShape;
import dev.vidda.worker.device.LiveBytes;
import dev.vidda.worker.device.StepLimits;
import java.util.ArrayList;
import java.util.List;

/** What kernels of a step hand each other: normalised rows, partial sums, parts of attention. */
final class Workspace implements AutoCloseable {
    /** Rows that linear_small may read past a step's last one. */
    private static final int ROW_PADDING = 32;
    /** Left alone for modules, graphs and the driver. */
    private static final long SPARE_BYTES = 384L << 20;

    private final Scratch normed;
    private final Scratch parts;
    private final Scratch attention;
    private final Scratch arrivals;

    /** The linear layers of the model on the device. */
    static final class Shapes {
        private final List<CudaMatrix> matrices = new ArrayList<>();
        private int widestVector;

        void add(CudaMatrix matrix) {
            matrices.add(matrix);
        }

        void add(CudaVector vector) {
            widestVector = Math.max(widestVector, vector.outputs());
        }

        /** Width of the residual stream. */
        int hidden() {
            return widestVector;
        }

        int mostOutputs() {
            return matrices.stream().mapToInt(CudaMatrix::outputs).max().orElse(1);
        }

        /** Floats for the partial sums of any layer. */
        long partFloats(LinearPlan.Gpu gpu, int maxRows) {
            long most = 1;
            for (CudaMatrix m : matrices) {
                for (int rows : List.of(LinearPlan.SMALL_ROWS, LinearPlan.GROUPED_ROWS, LinearPlan.CUT_ROWS)) {
                    int used = Math.min(rows, maxRows);
                    if (gpu.inParts(used) && !isHead(m)) {
                        LinearPlan plan = LinearPlan.of(gpu, used, m.outputs(), m.inputs());
                        most = Math.max(most, plan.floats(used, m.outputs()));
                    }
                }
            }
            return most;
        }

        /** Whether a matrix is the head, whose outputs are never in parts: no other has so many. */
        private static boolean isHead(CudaMatrix m) {
            return !m.gated() && LayerKind.isHead(m.outputs(), m.inputs());
        }

        /** Elements of a row of all activations of a decoder, as far as its matrices tell. */
        long activationWidth() {
            long width = hidden();
            List<Long> seen = new ArrayList<>();
            for (CudaMatrix m : matrices) {
                long shape = (long) m.outputs() << 32 | m.inputs();
                if (seen.contains(shape) || isHead(m)) {
                    continue;
                }
                seen.add(shape);
                width += m.outputs() == hidden() ? m.inputs() : m.outputs();
            }
            return width;
        }
    }

    Workspace(
            Context context,
            LiveBytes live,
            LinearPlan.Gpu gpu,
            StepLimits limits,
            Shapes shapes,
            AttentionShape attentionShape) {
        long sequences = limits.maxSequences();
        long chunks = sequences * Chunks.most(limits.maxModelLength());
        int passes = Math.ceilDiv(attentionShape.heads() / attentionShape.kvHeads(), 8);
        normed = scratch(context, live, (long) rows(limits.maxTokens()) * shapes.hidden() * Short.BYTES);
        parts = scratch(context, live, shapes.partFloats(gpu, limits.maxTokens()) * Float.BYTES);
        attention =
                scratch(context, live, chunks * attentionShape.heads() * (attentionShape.headDim() + 2) * Float.BYTES);
        arrivals = scratch(context, live, sequences * attentionShape.kvHeads() * passes * Integer.BYTES);
    }

    /** Rows to allocate for {@code rows} rows that linear_small may read. */
    static int rows(int rows) {
        return Math.ceilDiv(rows, ROW_PADDING) * ROW_PADDING;
    }

    /** An upper bound of what will be allocated beside the KV cache once weights are loaded. */
    static long bytesAhead(LinearPlan.Gpu gpu, StepLimits limits, Shapes shapes) {
        long sequences = limits.maxSequences();
        long tokenBytes = shapes.activationWidth() * Float.BYTES + (long) shapes.hidden() * Short.BYTES;
        long attention = sequences * Chunks.most(limits.maxModelLength()) * shapes.activationWidth() * Float.BYTES;
        long sampling = sequences * shapes.mostOutputs() * (Integer.BYTES + Float.BYTES);
        long tables = 2 * sequences * Math.ceilDiv(limits.maxModelLength(), CudaKv.BLOCK_TOKENS) * Integer.BYTES;
        return rows(limits.maxTokens()) * tokenBytes
                + shapes.partFloats(gpu, limits.maxTokens()) * Float.BYTES
                + attention
                + sampling
                + tables
                + SPARE_BYTES;
    }

    private static Scratch scratch(Context context, LiveBytes live, long bytes) {
        return new Scratch(live, DeviceMemory.allocateZeros(context, bytes));
    }

    long normed() {
        return normed.address();
    }

    /**
     * Where parts go.
     *
     * @throws IllegalStateException if there is no room for {@code floats}
     */
    long parts(long floats) {
        if (floats * Float.BYTES > parts.bytes()) {
            throw new IllegalStateException(
                    "parts need " + floats * Float.BYTES + " bytes, the workspace has " + parts.bytes());
        }
        return parts.address();
    }

    long attention() {
        return attention.address();
    }

    long arrivals() {
        return arrivals.address();
    }

    @Override
    public void close() {
        for (Scratch scratch : List.of(normed, parts, attention, arrivals)) {
            scratch.close();
        }
    }
}
