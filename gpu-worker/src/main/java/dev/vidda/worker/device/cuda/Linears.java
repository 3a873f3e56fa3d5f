package dev.vidda.worker.device.cuda;

import java.util.Optional;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Launches linear layers, each with the kernel that its plan names. */
final class Linears {
    private static final int RING_STAGE_BYTES = 16384;
    private static final int NOT_GATED = 0;
    private static final int GATED_ROWS = 1;
    private static final int GATED_FRAGMENTS = 2;

    private final LinearPlan.Gpu gpu;
    private final Launcher launcher;
    private final Kernels kernels;
    private final TensorMaps maps;
    private final boolean roomy;

    /** How a large layer ends: {@code enum Ending} of the kernels. */
    enum Ending {
        ROWS,
        GATED,
        RESIDUAL,
        FLOATS
    }

    /** The rows a layer reads: 16-bit elements at {@code address}, with memory for {@code capacity} rows. */
    record Input(long address, int capacity, Element element) {}

    Linears(Context context, LinearPlan.Gpu gpu, Launcher launcher, Kernels kernels, TensorMaps maps) {
        this.gpu = gpu;
        this.launcher = launcher;
        this.kernels = kernels;
        this.maps = maps;
        roomy = context.sharedBytes() >= smallSharedBytes(16, 4);
    }

    LinearPlan.Gpu gpu() {
        return gpu;
    }

    /** Warps of linear_small's blocks: as many as shared memory has rings for, and registers. */
    private int smallWarps(int tiles) {
        return roomy ? tiles == 4 ? 12 : 16 : 8;
    }

    private static int smallSharedBytes(int warps, int tiles) {
        return 256 + warps * (8 + tiles) * 1024;
    }

    /** What cuBLAS does instead of a plan; null for nothing. It reads rows as they are, which the kernel for few does not. */
    private static CublasLinears.@Nullable Use cublas(LinearPlan plan, CudaMatrix weight, int rows) {
        return plan.form() == LinearPlan.Form.SMALL ? null : weight.cublas(rows);
    }

    /**
     * Leaves the sums in parts and says how to read them.
     *
     * @param room the address of memory for a number of floats
     */
    Parts inParts(Input input, CudaMatrix weight, int rows, LongUnaryOperator room) {
        LinearPlan plan = LinearPlan.of(gpu, rows, weight.outputs(), weight.inputs());
        CublasLinears.Use use = cublas(plan, weight, rows);
        if (use != null) {
            return use.by().inParts(input, weight, use.copy(), rows, room);
        }
        long base = room.applyAsLong(plan.floats(rows, weight.outputs()));
        Parts parts = plan.parts().at(base, (long) rows * weight.outputs());
        switch (plan.form()) {
            case SMALL -> small(plan, input, weight, rows, new SmallOutput(base, parts.stride(), NOT_GATED));
            case HOPPER_PARTS -> hopper(plan, input, weight, rows, output(base, 0, Ending.FLOATS), parts.stride());
            case HOPPER_TILES, HOPPER_GATE, LARGE -> throw new IllegalStateException(rows + " rows do not leave parts");
        }
        return parts;
    }

    /** Finishes a gated layer at {@code to}, if it can in a step of few rows, and shall rather than cuBLAS. */
    boolean gated(Input input, CudaMatrix weight, int rows, long to, boolean fragments) {
        Optional<LinearPlan> found = LinearPlan.gated(gpu, rows, weight.outputs(), weight.inputs());
        if (found.isEmpty()) {
            return false;
        }
        LinearPlan plan = found.get();
        if (plan.form() == LinearPlan.Form.SMALL) {
            small(plan, input, weight, rows, new SmallOutput(to, 0, fragments ? GATED_FRAGMENTS : GATED_ROWS));
            return true;
        }
        if (fragments || cublas(plan, weight, rows) != null) {
            return false;
        }
        hopper(plan, input, weight, rows, output(to, weight.bias(), Ending.GATED), 0);
        return true;
    }

    /** Finishes the outputs in a step too large for parts; returns the address of a bias that is still to be added, or 0. */
    long whole(Input input, CudaMatrix weight, int rows, long to, Ending ending) {
        LinearPlan plan = LinearPlan.of(gpu, rows, weight.outputs(), weight.inputs());
        return launchWhole(plan, input, weight, rows, output(to, weight.bias(), ending));
    }

    /** Finishes the outputs as floats, without bias, for any number of rows. */
    void floats(Input input, CudaMatrix weight, int rows, long to) {
        LinearPlan plan = LinearPlan.whole(gpu, rows, weight.outputs(), weight.inputs());
        launchWhole(plan, input, weight, rows, output(to, weight.bias(), Ending.FLOATS));
    }

    /**
     * Whether our kernel wants the rows that a matrix reads in the order of fragments.
     *
     * @param whole whether outputs must be whole, as those of the head
     */
    boolean readsFragments(CudaMatrix weight, int rows, boolean whole) {
        LinearPlan plan = whole
                ? LinearPlan.whole(gpu, rows, weight.outputs(), weight.inputs())
                : LinearPlan.of(gpu, rows, weight.outputs(), weight.inputs());
        return plan.form() == LinearPlan.Form.SMALL;
    }

    /** Finishes the outputs as 16-bit elements, in the order of packed rows and without bias, by our own kernels. */
    void plain(Input input, CudaMatrix weight, int rows, long to) {
        LinearPlan plan = LinearPlan.whole(gpu, rows, weight.outputs(), weight.inputs());
        launchOwn(plan, input, weight, rows, output(to, 0, Ending.ROWS));
    }

    private long launchWhole(LinearPlan plan, Input input, CudaMatrix weight, int rows, Output output) {
        CublasLinears.Use use = cublas(plan, weight, rows);
        if (use != null && CublasLinears.canEnd(weight, output.ending())) {
            use.by().whole(input, weight, use.copy(), rows, output.to(), output.ending());
            return output.ending() == Ending.ROWS ? weight.bias() : 0;
        }
        launchOwn(plan, input, weight, rows, output);
        return 0;
    }

    private void launchOwn(LinearPlan plan, Input input, CudaMatrix weight, int rows, Output output) {
        switch (plan.form()) {
            case SMALL -> small(plan, input, weight, rows, new SmallOutput(output.to(), 0, NOT_GATED));
            case HOPPER_TILES -> hopper(plan, input, weight, rows, output, 0);
            case LARGE -> large(plan, input, weight, rows, output);
            case HOPPER_PARTS, HOPPER_GATE -> throw new IllegalStateException("a plan for whole outputs: " + plan);
        }
    }

    private record Output(long to, long bias, Ending ending) {}

    private static Output output(long to, long bias, Ending ending) {
        return new Output(to, bias, ending);
    }

    private void append(Output output, int rows, int outputs) {
        launcher.struct()
                .withInt64(output.to())
                .withInt64(output.bias())
                .withInt32(rows)
                .withInt32(outputs)
                .withInt32(output.ending().ordinal());
    }

    /**
     * @param stride elements to the second part, or 0 for none
     * @param gated whether, and in which order, linear_small finishes a gated layer
     */
    private record SmallOutput(long to, long stride, int gated) {}

    private void small(LinearPlan plan, Input input, CudaMatrix weight, int rows, SmallOutput output) {
        int tiles = LinearPlan.smallTiles(rows);
        int warps = smallWarps(tiles);
        Kernels.Kernel kernel = kernels.get(
                "linear_small_" + input.element().suffix() + "_" + tiles + "_" + warps, smallSharedBytes(warps, tiles));
        launcher.begin().pointer(input.address()).pointer(weight.address()).pointer(output.to());
        int chunks = LinearPlan.chunks(weight.inputs());
        launcher.struct()
                .withInt32(rows)
                .withInt32(weight.outputs())
                .withInt32(weight.inputs())
                .withInt32(chunks)
                .withInt32((int) Math.ceilDiv(1L << Integer.SIZE, (long) chunks))
                .withInt32(plan.unitChunks(weight.inputs()));
        plan.parts().appendCutTo(launcher);
        launcher.withInt32(output.gated())
                .withInt64(output.stride())
                .withInt64(weight.bias())
                .launch(kernel, plan.grid(), Math.ceilDiv(rows, 8 * tiles), warps * 32);
    }

    private void hopper(LinearPlan plan, Input input, CudaMatrix weight, int rows, Output output, long stride) {
        boolean gate = plan.form() == LinearPlan.Form.HOPPER_GATE;
        HopperShape shape = new HopperShape(plan.tileRows(), gate ? 3 : 2);
        Kernels.Kernel kernel = kernels.get(
                (gate ? "gate_hopper_" : "linear_hopper_") + input.element().suffix() + "_" + plan.tileRows(),
                shape.sharedBytes());
        int rowBlocks = Math.ceilDiv(weight.outputs(), 16);
        launcher.begin()
                .bytes(maps.of(new TensorMaps.Matrix(
                        input.address(), input.element(), weight.inputs(), input.capacity(), plan.tileRows())))
                .bytes(maps.of(new TensorMaps.Packed(
                        weight.address(), input.element(), weight.inputs() / 16, rowBlocks, gate ? 2 : 8)));
        append(output, rows, weight.outputs());
        launcher.int32(weight.inputs()).struct();
        plan.parts().appendCutTo(launcher);
        launcher.int64(stride).launch(kernel, plan.grid(), 1, shape.threads());
    }

    /** {@code linear_hopper::Shape} of the kernels. */
    private record HopperShape(int rows, int groups) {
        int sharedBytes() {
            int stage = groups * 8192 + rows * 128;
            return (rows > 128 ? 220 : 160) * 1024 / stage * stage + 1024 + 256;
        }

        int threads() {
            return rows == 256 ? 384 : groups * 128 + 32;
        }
    }

    private void large(LinearPlan plan, Input input, CudaMatrix weight, int rows, Output output) {
        Kernels.Kernel kernel = kernels.get("linear_large_" + input.element().suffix(), 4 * RING_STAGE_BYTES);
        launcher.begin().pointer(input.address()).pointer(weight.address());
        append(output, rows, weight.outputs());
        launcher.int32(weight.inputs()).launch(kernel, plan.grid(), 1, 256);
    }
}
