package dev.vidda.worker.device.cpu;

import dev.vidda.worker.weights.HostTensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Reads elements of a checkpoint's tensors as float32, exactly. */
final class HostVectors {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private HostVectors() {}

    static float[] floats(HostTensor tensor) {
        float[] elements = new float[tensor.rows() * tensor.columns()];
        copy(tensor, 0, elements, 0, elements.length);
        return elements;
    }

    /** Copies {@code count} elements from {@code first} on. */
    static void copy(HostTensor tensor, long first, float[] target, int offset, int count) {
        MemorySegment data = tensor.data();
        switch (tensor.dtype()) {
            case F32 -> {
                for (int i = 0; i < count; i++) {
                    target[offset + i] = data.get(FLOAT, 4 * (first + i));
                }
            }
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    target[offset + i] = Float.float16ToFloat(data.get(SHORT, 2 * (first + i)));
                }
            }
            case BF16 -> {
                for (int i = 0; i < count; i++) {
                    target[offset + i] = Float.intBitsToFloat(data.get(SHORT, 2 * (first + i)) << 16);
                }
            }
        }
    }
}
