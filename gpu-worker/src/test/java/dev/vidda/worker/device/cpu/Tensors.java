package dev.vidda.worker.device.cpu;

import dev.vidda.worker.weights.DType;
import dev.vidda.worker.weights.HostTensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;

/** Makes tensors for tests, and reads them one element at a time. */
final class Tensors {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Tensors() {}

    static HostTensor matrix(Random random, DType dtype, int rows, int columns) {
        return tensor(random, dtype, List.of(rows, columns), rows * columns);
    }

    static HostTensor vector(Random random, DType dtype, int elements) {
        return tensor(random, dtype, List.of(elements), elements);
    }

    private static HostTensor tensor(Random random, DType dtype, List<Integer> shape, int elements) {
        MemorySegment data = MemorySegment.ofArray(new byte[elements * dtype.bytes()]);
        for (int i = 0; i < elements; i++) {
            float value = (float) random.nextGaussian();
            switch (dtype) {
                case F32 -> data.set(FLOAT, 4L * i, value);
                case F16 -> data.set(SHORT, 2L * i, Float.floatToFloat16(value));
                case BF16 -> data.set(SHORT, 2L * i, (short) (Float.floatToRawIntBits(value) >>> 16));
            }
        }
        return new HostTensor("test", dtype, shape, data);
    }

    static float get(HostTensor tensor, int row, int column) {
        long at = (long) row * tensor.columns() + column;
        return switch (tensor.dtype()) {
            case F32 -> tensor.data().get(FLOAT, 4 * at);
            case F16 -> Float.float16ToFloat(tensor.data().get(SHORT, 2 * at));
            case BF16 -> Float.intBitsToFloat(tensor.data().get(SHORT, 2 * at) << 16);
        };
    }
}
