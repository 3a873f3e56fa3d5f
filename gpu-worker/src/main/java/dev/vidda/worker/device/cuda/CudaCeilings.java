package dev.vidda.worker.device.cuda;

import dev.vidda.worker.device.Ceilings;
import java.util.stream.IntStream;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.JCudaDriver;

import static dev.vidda.worker.device.cuda.Driver.check;

/** Measures a GPU with the kernels of {@code probe.cu}; the median of several runs of each. */
final class CudaCeilings implements AutoCloseable {
    static final String FATBIN = "/cuda/probe.fatbin";

    private static final int THREADS = 256;
    private static final int READ_THREADS = 512;
    /** Operations of a block of the matmul probe in a round. */
    private static final long ROUND_OPERATIONS = 2L * 4 * 2 * 64 * 128 * 16;

    private static final int ROUNDS = 40_000;
    private static final int MATMUL_BLOCKS = 2;
    /** Blocks a multiprocessor for reading: which is best differs between GPUs, so all are tried. */
    private static final int[] READ_BLOCKS = {4, 8, 16, 32};

    private static final long MOST_BYTES = 8L << 30;
    private static final int WARM_UP = 3;
    private static final int RUNS = 9;

    private final Context context;
    private final Kernels kernels;
    private final Launcher launcher;
    private final DeviceMemory scrap;

    private CudaCeilings(int index) {
        context = new Context(index);
        kernels = new Kernels(FATBIN);
        launcher = new Launcher(context);
        scrap = DeviceMemory.allocate(context, Float.BYTES);
    }

    /** @throws dev.vidda.worker.device.DeviceException if the GPU cannot be used */
    static Ceilings measure(int index) {
        try (CudaCeilings probe = new CudaCeilings(index)) {
            return probe.measure();
        }
    }

    private Ceilings measure() {
        long bytes = Math.min(MOST_BYTES, context.freeBytes() / 2) / 4096 * 4096;
        DeviceMemory buffer = DeviceMemory.allocate(context, bytes);
        try {
            launcher.begin()
                    .pointer(buffer.address())
                    .int64(bytes / Integer.BYTES)
                    .launch(kernels.get("probe_fill", 0), 8 * context.multiprocessors(), 1, THREADS);
            double read = IntStream.of(READ_BLOCKS)
                    .mapToDouble(blocks -> bytes / seconds(() -> read(buffer, bytes, blocks)))
                    .max()
                    .orElseThrow();
            double copy = bytes / seconds(() -> copy(buffer, bytes / 2));
            double operations = (double) ROUNDS * ROUND_OPERATIONS * MATMUL_BLOCKS * context.multiprocessors();
            return new Ceilings(read, copy, operations / seconds(this::multiply));
        } finally {
            buffer.free();
        }
    }

    private void read(DeviceMemory buffer, long bytes, int blocks) {
        launcher.begin()
                .pointer(buffer.address())
                .int64(bytes)
                .pointer(scrap.address())
                .launch(kernels.get("probe_read", 0), blocks * context.multiprocessors(), 1, READ_THREADS);
    }

    private void copy(DeviceMemory buffer, long half) {
        check(
                JCudaDriver.cuMemcpyDtoDAsync(buffer.at(half), buffer.at(0), half, context.stream()),
                "cuMemcpyDtoDAsync");
    }

    private void multiply() {
        launcher.begin()
                .int32(ROUNDS)
                .pointer(scrap.address())
                .launch(kernels.get("probe_matmul", 0), MATMUL_BLOCKS * context.multiprocessors(), 1, THREADS);
    }

    /** The median time of {@code work} on the GPU. */
    private double seconds(Runnable work) {
        CUevent start = event();
        CUevent end = event();
        float[] millis = new float[RUNS];
        for (int i = -WARM_UP; i < RUNS; i++) {
            check(JCudaDriver.cuEventRecord(start, context.stream()), "cuEventRecord");
            work.run();
            check(JCudaDriver.cuEventRecord(end, context.stream()), "cuEventRecord");
            context.synchronize();
            if (i >= 0) {
                float[] elapsed = new float[1];
                check(JCudaDriver.cuEventElapsedTime(elapsed, start, end), "cuEventElapsedTime");
                millis[i] = elapsed[0];
            }
        }
        check(JCudaDriver.cuEventDestroy(start), "cuEventDestroy");
        check(JCudaDriver.cuEventDestroy(end), "cuEventDestroy");
        return median(millis) / 1e3;
    }

    private static CUevent event() {
        CUevent event = new CUevent();
        check(JCudaDriver.cuEventCreate(event, CUevent_flags.CU_EVENT_DEFAULT), "cuEventCreate");
        return event;
    }

    private static double median(float[] values) {
        return IntStream.range(0, values.length)
                .mapToDouble(i -> values[i])
                .sorted()
                .toArray()[values.length / 2];
    }

    @Override
    public void close() {
        context.synchronize();
        scrap.free();
        launcher.close();
        kernels.close();
        context.close();
    }
}
