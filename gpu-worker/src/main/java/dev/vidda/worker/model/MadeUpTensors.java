package dev.vidda.worker.model;

import dev.vidda.worker.device.cpu.NativeMemory;
import dev.vidda.worker.weights.DType;
import dev.vidda.worker.weights.HostTensor;
import dev.vidda.worker.weights.TensorSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Weights of a model that nobody trained, in bf16, to measure speed: random matrices that keep activations near 1, norms of 1.
 * The same for the same shapes.
 */
final class MadeUpTensors implements TensorSource {
    private static final long CHUNK = 1 << 16;
    private static final short ONE = 0x3f80;

    private final Arena arena = Arena.ofShared();
    private final ModelConfig config;
    private final boolean filled;
    private @Nullable MemorySegment shared;

    /** @param filled whether the tensors hold numbers; else all share one memory, for a device that makes up its own */
    MadeUpTensors(ModelConfig config, boolean filled) {
        this.config = config;
        this.filled = filled;
    }

    @Override
    public long bytes() {
        return Short.BYTES * config.parameters();
    }

    @Override
    public HostTensor tensor(String name, int... shape) {
        long elements = Arrays.stream(shape).asLongStream().reduce(1, Math::multiplyExact);
        MemorySegment data = filled ? NativeMemory.allocate(elements * Short.BYTES, arena) : shared(elements);
        if (filled) {
            int seed = name.hashCode();
            boolean vector = shape.length == 1;
            double scale = vector ? 0 : Math.sqrt(3.0 / shape[1]);
            LongStream.range(0, Math.ceilDiv(elements, CHUNK))
                    .parallel()
                    .forEach(chunk -> fill(data, chunk * CHUNK, Math.min(elements, (chunk + 1) * CHUNK), seed, scale));
        }
        List<Integer> extents = Arrays.stream(shape).boxed().toList();
        return new HostTensor(name, DType.BF16, extents, data);
    }

    private MemorySegment shared(long elements) {
        if (shared == null || shared.byteSize() < elements * Short.BYTES) {
            shared = NativeMemory.allocate(elements * Short.BYTES, arena);
        }
        return shared.asSlice(0, elements * Short.BYTES);
    }

    /** Uniform in (-scale, scale), or 1 where that is 0. */
    private static void fill(MemorySegment data, long from, long until, int seed, double scale) {
        long state = (seed * 0x9e3779b97f4a7c15L) ^ (from * 0xbf58476d1ce4e5b9L | 1);
        for (long i = from; i < until; i++) {
            state ^= state << 13;
            state ^= state >>> 7;
            state ^= state << 17;
            float value = (float) (scale * ((state >> 40) * 0x1p-23));
            short bits = scale == 0 ? ONE : (short) (Float.floatToRawIntBits(value) >>> 16);
            data.setAtIndex(ValueLayout.JAVA_SHORT, i, bits);
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
