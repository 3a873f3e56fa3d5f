package dev.vidda.worker.doctor;

import dev.vidda.worker.device.Activation;
import dev.vidda.worker.device.AttentionShape;
import dev.vidda.worker.device.Device;
import dev.vidda.worker.device.KvBuffer;
import dev.vidda.worker.device.LiveBytes;
import dev.vidda.worker.device.StepLimits;
import dev.vidda.worker.device.StepProgram;
import dev.vidda.worker.device.Weight;
import dev.vidda.worker.step.StepBatch;
import dev.vidda.worker.step.StepResult;
import dev.vidda.worker.weights.HostTensor;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A device to compare others with: each operation as its definition says, one loop inside another, with sums in double. One
 * thread, slow.
 */
final class ReferenceDevice implements Device {
    private final StepLimits limits;
    private final LiveBytes live = new LiveBytes();
    private final ReferenceOps ops = new ReferenceOps();
    private @Nullable StepResult result;

    ReferenceDevice(StepLimits limits) {
        this.limits = limits;
    }

    /** A map with its bias, or a vector: the rows' elements in order. */
    static final class Matrix extends Weight {
        final float[] elements;
        final float[] bias;

        Matrix(LiveBytes live, int outputs, int inputs, float[] elements, float[] bias) {
            super(live, (long) elements.length * Float.BYTES, outputs, inputs);
            this.elements = elements;
            this.bias = bias;
        }

        @Override
        protected void free() {}
    }

    /** Rows of floats. */
    static final class Rows extends Activation {
        final float[][] rows;

        Rows(LiveBytes live, int count, int width) {
            super(live, (long) count * width * Float.BYTES, width);
            rows = new float[count][width];
        }

        @Override
        protected void free() {}
    }

    /** Keys and values of a layer's slots: [slot][kvWidth]. */
    static final class Slots extends KvBuffer {
        final float[][][] keys;
        final float[][][] values;

        Slots(LiveBytes live, AttentionShape shape, int layers, int blocks, int blockTokens) {
            super(
                    live,
                    2L * layers * blocks * blockTokens * shape.kvWidth() * Float.BYTES,
                    shape,
                    layers,
                    blocks,
                    blockTokens);
            keys = new float[layers][blocks * blockTokens][];
            values = new float[layers][blocks * blockTokens][];
        }

        @Override
        protected void free() {}
    }

    @Override
    public String description() {
        return "reference (plain loops)";
    }

    @Override
    public StepLimits limits() {
        return limits;
    }

    @Override
    public int kvBytesPerElement() {
        return Float.BYTES;
    }

    @Override
    public long freeBytes() {
        return Runtime.getRuntime().maxMemory();
    }

    @Override
    public long totalBytes() {
        return Runtime.getRuntime().maxMemory();
    }

    @Override
    public LiveBytes liveBytes() {
        return live;
    }

    @Override
    public Weight loadVector(HostTensor vector) {
        return new Matrix(live, vector.rows(), 1, floats(List.of(vector)), new float[0]);
    }

    @Override
    public Weight loadTable(HostTensor table) {
        return loadLinear(List.of(table), List.of());
    }

    @Override
    public Weight loadLinear(List<HostTensor> parts, List<HostTensor> biases) {
        int outputs = parts.stream().mapToInt(HostTensor::rows).sum();
        float[] bias = biases.isEmpty() ? new float[outputs] : floats(biases);
        return new Matrix(live, outputs, parts.getFirst().columns(), floats(parts), bias);
    }

    @Override
    public Weight loadGated(HostTensor gate, HostTensor up, List<HostTensor> biases) {
        return loadLinear(List.of(gate, up), biases);
    }

    private static float[] floats(List<HostTensor> tensors) {
        int elements = tensors.stream()
                .mapToInt(tensor -> tensor.rows() * tensor.columns())
                .sum();
        float[] all = new float[elements];
        int at = 0;
        for (HostTensor tensor : tensors) {
            for (int i = 0; i < tensor.rows() * tensor.columns(); i++) {
                all[at++] = element(tensor, i);
            }
        }
        return all;
    }

    private static float element(HostTensor tensor, long index) {
        return switch (tensor.dtype()) {
            case F32 -> tensor.data().getAtIndex(ValueLayout.JAVA_FLOAT, index);
            case F16 -> Float.float16ToFloat(tensor.data().getAtIndex(ValueLayout.JAVA_SHORT, index));
            case BF16 -> Float.intBitsToFloat(tensor.data().getAtIndex(ValueLayout.JAVA_SHORT, index) << 16);
        };
    }

    @Override
    public Activation tokenRows(int width) {
        return new Rows(live, limits.maxTokens(), width);
    }

    @Override
    public Activation sampleRows(int width) {
        return new Rows(live, limits.maxSequences(), width);
    }

    @Override
    public KvBuffer kv(AttentionShape shape, int layers, int blocks, int blockTokens) {
        return new Slots(live, shape, layers, blocks, blockTokens);
    }

    @Override
    public void launch(StepBatch batch, StepProgram program) {
        result = ops.run(batch, program);
    }

    @Override
    public StepResult await() {
        if (result == null) {
            throw new IllegalStateException("no step was launched");
        }
        return result;
    }

    @Override
    public void read(Activation activation, int row, float[] target) {
        float[] from = ReferenceOps.rows(activation)[row];
        System.arraycopy(from, 0, target, 0, from.length);
    }

    @Override
    public void close() {
        if (live.total() != 0) {
            throw new IllegalStateException("buffers are still open: " + live);
        }
    }
}
