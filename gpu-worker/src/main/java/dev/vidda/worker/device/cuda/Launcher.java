package dev.vidda.worker.device.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Launches kernels on a context's stream. The arguments are written into one block of native memory that is used again
 * for each launch:
 *
 * <pre>{@code
 * launcher.begin().pointer(x).pointer(w).int32(rows).launch(kernel, grid, 1, 512);
 * }</pre>
 */
final class Launcher implements AutoCloseable {
    private static final int MAX_ARGUMENTS = 32;
    private static final int ARGUMENT_BYTES = 128;
    private static final int PROGRAMMATIC_STREAM_SERIALIZATION = 6;

    private final Context context;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment values = arena.allocate((long) MAX_ARGUMENTS * ARGUMENT_BYTES, ARGUMENT_BYTES);
    private final MemorySegment pointers = arena.allocate(ValueLayout.ADDRESS, MAX_ARGUMENTS);
    /** CUlaunchConfig: grid and block as ints, shared bytes at 24, stream at 32, attributes at 40, their number at 48. */
    private final MemorySegment config = arena.allocate(56, 8);
    /** One CUlaunchAttribute: its id, then its value at 8. */
    private final MemorySegment attribute = arena.allocate(72, 8);

    private int argument;
    private int offset;

    Launcher(Context context) {
        this.context = context;
        for (int i = 0; i < MAX_ARGUMENTS; i++) {
            pointers.setAtIndex(ValueLayout.JAVA_LONG, i, values.address() + (long) i * ARGUMENT_BYTES);
        }
        attribute.set(ValueLayout.JAVA_INT, 0, PROGRAMMATIC_STREAM_SERIALIZATION);
        attribute.set(ValueLayout.JAVA_INT, 8, 1);
        config.set(ValueLayout.JAVA_LONG, 32, context.stream().address());
        config.set(ValueLayout.JAVA_LONG, 40, attribute.address());
        config.set(ValueLayout.JAVA_INT, 48, context.dependentLaunch() ? 1 : 0);
    }

    /** Forgets the arguments so far. */
    Launcher begin() {
        argument = -1;
        return this;
    }

    Launcher pointer(long value) {
        return int64(value);
    }

    Launcher int64(long value) {
        return struct().withInt64(value);
    }

    Launcher int32(int value) {
        return struct().withInt32(value);
    }

    Launcher float32(float value) {
        return struct().withFloat32(value);
    }

    /** The next argument is a struct of what {@code with...} adds. */
    Launcher struct() {
        argument++;
        offset = argument * ARGUMENT_BYTES;
        return this;
    }

    Launcher withInt64(long value) {
        offset = (offset + 7) & -8;
        values.set(ValueLayout.JAVA_LONG, offset, value);
        offset += 8;
        return this;
    }

    Launcher withInt32(int value) {
        values.set(ValueLayout.JAVA_INT, offset, value);
        offset += 4;
        return this;
    }

    Launcher withFloat32(float value) {
        values.set(ValueLayout.JAVA_FLOAT, offset, value);
        offset += 4;
        return this;
    }

    /** The next argument is a copy of {@code bytes}, at most 128 of them. */
    Launcher bytes(MemorySegment bytes) {
        struct();
        values.asSlice(offset, bytes.byteSize()).copyFrom(bytes);
        return this;
    }

    /** Launches with the arguments since {@link #begin}. */
    void launch(Kernels.Kernel kernel, int gridX, int gridY, int threads) {
        config.set(ValueLayout.JAVA_INT, 0, gridX);
        config.set(ValueLayout.JAVA_INT, 4, gridY);
        config.set(ValueLayout.JAVA_INT, 8, 1);
        config.set(ValueLayout.JAVA_INT, 12, threads);
        config.set(ValueLayout.JAVA_INT, 16, 1);
        config.set(ValueLayout.JAVA_INT, 20, 1);
        config.set(ValueLayout.JAVA_INT, 24, kernel.sharedBytes());
        context.driver().launch(config, kernel.handle(), pointers, kernel.name());
    }

    @Override
    public void close() {
        arena.close();
    }
}
