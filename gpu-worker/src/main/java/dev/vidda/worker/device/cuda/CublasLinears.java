package dev.vidda.worker.device.cuda;

import dev.vidda.worker.device.cuda.Linears.Ending;
import dev.vidda.worker.device.cuda.Linears.Input;
import java.util.function.LongUnaryOperator;

/**
 * Linear layers by cuBLAS, ended as ours are where it can: sums of few rows go as one part to the kernel that reads parts, and a
 * residual is added by cuBLAS itself. The gate of many rows is left to our kernel, which finishes it in registers: sums
 * that go through memory cost more than cuBLAS gains.
 */
final class CublasLinears implements AutoCloseable {
    private final Cublas cublas;

    CublasLinears(Cublas cublas) {
        this.cublas = cublas;
    }

    /** What cuBLAS does for a matrix. */
    record Use(CublasLinears by, PlainCopy copy, CublasRows rows) {}

    /** Whether a matrix has a shape that cuBLAS and the kernels beside it can take. */
    static boolean canTake(CudaMatrix matrix) {
        return matrix.outputs() % 16 == 0;
    }

    /** Leaves the sums, without bias, as one part. */
    Parts inParts(Input input, CudaMatrix weight, PlainCopy copy, int rows, LongUnaryOperator room) {
        long base = room.applyAsLong((long) rows * weight.outputs());
        product(input, weight, copy, rows, new Result(base, true, false));
        return new Parts(base, 0, weight.outputs(), 1, 1, 1);
    }

    /** Whether it can end a layer whose outputs must be whole: not everybody who reads them can add a bias. */
    static boolean canEnd(CudaMatrix weight, Ending ending) {
        return switch (ending) {
            case ROWS -> true;
            case GATED -> false;
            case RESIDUAL, FLOATS -> weight.bias() == 0;
        };
    }

    /** Finishes the outputs as {@link #canEnd} says, but for the bias of {@link Ending#ROWS}. */
    void whole(Input input, CudaMatrix weight, PlainCopy copy, int rows, long to, Ending ending) {
        product(input, weight, copy, rows, new Result(to, ending != Ending.ROWS, ending == Ending.RESIDUAL));
    }

    private record Result(long to, boolean floats, boolean adds) {}

    private void product(Input input, CudaMatrix weight, PlainCopy copy, int rows, Result result) {
        cublas.multiply(new Cublas.Product(
                copy.address(),
                input.address(),
                result.to(),
                weight.outputs(),
                weight.inputs(),
                rows,
                input.element(),
                result.floats(),
                result.adds()));
    }

    String description() {
        return cublas.library().description();
    }

    @Override
    public void close() {
        cublas.close();
    }
}
