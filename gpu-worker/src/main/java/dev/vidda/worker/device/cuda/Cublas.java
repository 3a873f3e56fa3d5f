package dev.vidda.worker.device.cuda;

import dev.vidda.worker.device.DeviceException;
import dev.vidda.worker.device.LiveBytes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * cuBLAS on a context's stream, with memory of our own to work in: a call allocates nothing, and so can be recorded in a graph.
 * All sums are float32.
 */
final class Cublas implements AutoCloseable {
    private static final long WORK_BYTES = 32L << 20;
    private static final int SUCCESS = 0;
    /** CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION: parts of a sum are not rounded to 16 bits on the way. */
    private static final int WHOLE_PRECISION = 16;

    private static final int AS_IT_LIES = 0;
    private static final int CUDA_R_32F = 0;
    private static final int CUBLAS_COMPUTE_32F = 68;
    private static final int CUBLAS_GEMM_DEFAULT = -1;

    private final CublasLibrary library;
    private final Context context;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1);
    private final MemorySegment zero = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 0);
    private final MethodHandle multiply;
    private final MethodHandle destroy;
    private final Scratch work;
    private final long handle;

    /**
     * A product of rows and a matrix.
     *
     * @param matrix address of 16-bit elements [inputs][outputs]
     * @param rows address of 16-bit elements [count][inputs]
     * @param to address of the result [count][outputs]
     * @param floats whether the result is float32, not 16-bit elements
     * @param adds whether it is added to what is there
     */
    record Product(
            long matrix,
            long rows,
            long to,
            int outputs,
            int inputs,
            int count,
            Element element,
            boolean floats,
            boolean adds) {}

    /** @throws DeviceException if the library does not work with this GPU and its driver */
    Cublas(CublasLibrary library, Context context, LiveBytes live) {
        this.library = library;
        this.context = context;
        destroy = library.function("cublasDestroy_v2", ValueLayout.JAVA_LONG);
        multiply = library.function(
                "cublasGemmEx",
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT);
        context.enter();
        handle = create();
        work = new Scratch(live, DeviceMemory.allocate(context, WORK_BYTES));
        configure();
    }

    private long create() {
        MemorySegment created = arena.allocate(ValueLayout.JAVA_LONG);
        MethodHandle function = library.function("cublasCreate_v2", ValueLayout.ADDRESS);
        check(CublasLibrary.call(function, created), "cublasCreate");
        return created.get(ValueLayout.JAVA_LONG, 0);
    }

    /** The stream first: setting it takes the memory to work in away. */
    private void configure() {
        long stream = context.stream().address();
        MethodHandle setStream = library.function("cublasSetStream_v2", ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG);
        check(CublasLibrary.call(setStream, handle, stream), "cublasSetStream");
        MethodHandle setWorkspace = library.function(
                "cublasSetWorkspace_v2", ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG);
        check(CublasLibrary.call(setWorkspace, handle, work.address(), WORK_BYTES), "cublasSetWorkspace");
        MethodHandle setMath = library.function("cublasSetMathMode", ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT);
        check(CublasLibrary.call(setMath, handle, WHOLE_PRECISION), "cublasSetMathMode");
    }

    CublasLibrary library() {
        return library;
    }

    /** Launches a product; cuBLAS counts columns first, so that it sees all three matrices transposed. */
    void multiply(Product p) {
        int result;
        int type = cudaType(p.element());
        int typeOfResult = p.floats() ? CUDA_R_32F : type;
        // A variable of this type: what decides by itself would be an Object to an exact call.
        MemorySegment scale = p.adds() ? one : zero;
        try {
            result = (int) multiply.invokeExact(
                    handle,
                    AS_IT_LIES,
                    AS_IT_LIES,
                    p.outputs(),
                    p.count(),
                    p.inputs(),
                    one,
                    p.matrix(),
                    type,
                    p.outputs(),
                    p.rows(),
                    type,
                    p.inputs(),
                    scale,
                    p.to(),
                    typeOfResult,
                    p.outputs(),
                    CUBLAS_COMPUTE_32F,
                    CUBLAS_GEMM_DEFAULT);
        } catch (Throwable e) {
            throw new IllegalStateException("cublasGemmEx cannot be called", e);
        }
        check(result, "cublasGemmEx");
    }

    private static int cudaType(Element element) {
        return switch (element) {
            case BF16 -> 14;
            case FP16 -> 2;
        };
    }

    private void check(int status, String what) {
        if (status != SUCCESS) {
            throw new DeviceException(what + " of " + library.name() + " failed with status " + status);
        }
    }

    @Override
    public void close() {
        context.enter();
        context.synchronize();
        check(CublasLibrary.call(destroy, handle), "cublasDestroy");
        work.close();
        arena.close();
    }
}
