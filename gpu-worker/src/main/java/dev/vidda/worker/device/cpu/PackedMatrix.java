package dev.vidda.worker.device.cpu;

import dev.vidda.worker.device.LiveBytes;
import dev.vidda.worker.device.Weight;
import dev.vidda.worker.weights.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * A weight matrix in panels of {@link Panels#WIDTH} outputs, so that kernels read it as one stream and each lane of a
 * vector computes its own output.
 *
 * <pre>
 *   panel p:  input 0: w[o0][0] w[o1][0] ... w[oW][0]        o0 .. oW are the panel's outputs
 *             input 1: w[o0][1] w[o1][1] ...                 16-bit types: the inputs 2i and 2i + 1 of an output
 *             ...                                            share an int, the even one in its low half
 * </pre>
 *
 * <p>Outputs and inputs beyond the matrix are zeros. In a gated matrix the first half of a panel are gate outputs, the
 * second half the same outputs of up.
 */
final class PackedMatrix extends Weight {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Arena arena;
    private final MemorySegment data;
    private final DType dtype;
    private final int panels;
    private final boolean gated;
    private final float @Nullable [] bias;

    /** @param bias [panels * width] in the order of the packed outputs, or null */
    PackedMatrix(LiveBytes live, PackedShape shape, Arena arena, MemorySegment data, float @Nullable [] bias) {
        super(live, data.byteSize(), shape.outputs(), shape.inputs());
        this.arena = arena;
        this.data = data;
        this.bias = bias;
        dtype = shape.dtype();
        panels = shape.panels();
        gated = shape.gated();
    }

    int panels() {
        return panels;
    }

    boolean gated() {
        return gated;
    }

    MemorySegment data() {
        return data;
    }

    DType dtype() {
        return dtype;
    }

    /** [panels * width] in the order of the packed outputs, or null. */
    float @Nullable [] bias() {
        return bias;
    }

    /** Inputs of a packed output: even. */
    int paddedInputs() {
        return PackedShape.paddedInputs(inputs());
    }

    long panelBytes() {
        return PackedShape.panelBytes(dtype, inputs());
    }

    /** Where input {@code input} of panel {@code panel} begins; {@code input} is even. */
    long offset(int panel, int input) {
        return panel * panelBytes() + (long) input * Panels.WIDTH * dtype.bytes();
    }

    /** Copies the weights of one output, as an embedding. */
    void copyOutput(int output, float[] target, int targetOffset) {
        int panel = output / Panels.WIDTH;
        int lane = output % Panels.WIDTH;
        long base = panel * panelBytes() + 4L * lane;
        int step = 4 * Panels.WIDTH;
        int inputs = inputs();
        switch (dtype) {
            case F32 -> {
                for (int i = 0; i < inputs; i++) {
                    target[targetOffset + i] = data.get(FLOAT, base + (long) i * step);
                }
            }
            case BF16 -> {
                for (int i = 0; i < inputs; i++) {
                    int pair = data.get(INT, base + (long) (i / 2) * step);
                    target[targetOffset + i] = Float.intBitsToFloat(i % 2 == 0 ? pair << 16 : pair & 0xffff0000);
                }
            }
            case F16 -> {
                for (int i = 0; i < inputs; i++) {
                    int pair = data.get(INT, base + (long) (i / 2) * step);
                    target[targetOffset + i] = Float.float16ToFloat((short) (i % 2 == 0 ? pair : pair >>> 16));
                }
            }
        }
    }

    @Override
    protected void free() {
        arena.close();
    }
}
