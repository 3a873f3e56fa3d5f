package dev.vidda.worker.device.cuda;

/** Launches linear layers, each with the kernel that its plan names. */
final class Linears {
    private static final int RING_STAGE_BYTES = 16384;

    private final LinearPlan.Gpu gpu;
    private final Launcher launcher;
    private final Kernels kernels;
    private final TensorMaps maps;
    private final int smallWarps;

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
        smallWarps = context.sharedBytes() >= smallSharedBytes(16, 4) ? 16 : 8;
    }

    LinearPlan.Gpu gpu() {
        return gpu;
    }

    private static int smallSharedBytes(int warps, int tiles) {
        return 256 + warps * (8 + tiles) * 1024;
    }

    /** Leaves the sums in parts in the workspace and says how to read them. */
    Parts inParts(Input input, CudaMatrix weight, int rows, Workspace workspace) {
        LinearPlan plan = LinearPlan.of(gpu, rows, weight.outputs(), weight.inputs());
        long base = workspace.parts(plan.floats(rows, weight.outputs()));
        Parts parts = plan.parts().at(base, (long) rows * weight.outputs());
        switch (plan.form()) {
            case SMALL -> small(plan, input, weight, rows, base, parts.stride());
            case HOPPER_PARTS -> hopper(plan, input, weight, rows, output(base, 0, Ending.FLOATS), parts.stride());
            case HOPPER_TILES, LARGE -> throw new IllegalStateException(rows + " rows do not leave parts");
        }
        return parts;
    }

    /** Finishes the outputs in a step too large for parts. */
    void whole(Input input, CudaMatrix weight, int rows, long to, Ending ending) {
        LinearPlan plan = LinearPlan.of(gpu, rows, weight.outputs(), weight.inputs());
        launchWhole(plan, input, weight, rows, output(to, weight.bias(), ending));
    }

    /** Finishes the outputs as floats, without bias, for any number of rows. */
    void floats(Input input, CudaMatrix weight, int rows, long to) {
        LinearPlan plan = LinearPlan.whole(gpu, rows, weight.outputs(), weight.inputs());
        launchWhole(plan, input, weight, rows, output(to, weight.bias(), Ending.FLOATS));
    }

    private void launchWhole(LinearPlan plan, Input input, CudaMatrix weight, int rows, Output output) {
        switch (plan.form()) {
            case SMALL -> small(plan, input, weight, rows, output.to(), 0);
            case HOPPER_TILES -> hopper(plan, input, weight, rows, output, 0);
            case LARGE -> large(plan, input, weight, rows, output);
            case HOPPER_PARTS -> throw new IllegalStateException("parts are not whole");
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

    private void small(LinearPlan plan, Input input, CudaMatrix weight, int rows, long to, long stride) {
        int tiles = LinearPlan.smallTiles(rows);
        Kernels.Kernel kernel = kernels.get(
                "linear_small_" + input.element().suffix() + "_" + tiles, smallSharedBytes(smallWarps, tiles));
        launcher.begin()
                .pointer(input.address())
                .pointer(weight.address())
                .pointer(to)
                .int32(rows)
                .int32(weight.outputs())
                .int32(weight.inputs())
                .int32(plan.unitChunks(weight.inputs()))
                .int64(stride)
                .launch(kernel, plan.grid(), Math.ceilDiv(rows, 8 * tiles), smallWarps * 32);
    }

    private void hopper(LinearPlan plan, Input input, CudaMatrix weight, int rows, Output output, long stride) {
        int box = LinearPlan.boxRows(rows);
        int stages = box == 256 ? 4 : box == 128 ? 6 : 8;
        Kernels.Kernel kernel = kernels.get(
                "linear_hopper_" + input.element().suffix() + "_" + box,
                stages * (RING_STAGE_BYTES + box * 128) + 1024 + 256);
        launcher.begin()
                .bytes(maps.of(new TensorMaps.Matrix(
                        input.address(), input.element(), weight.inputs(), input.capacity(), box)))
                .pointer(weight.address());
        append(output, rows, weight.outputs());
        launcher.int32(weight.inputs())
                .int32(plan.form() == LinearPlan.Form.HOPPER_PARTS ? 1 : 0)
                .int64(stride)
                .launch(kernel, plan.grid(), 1, 384);
    }

    private void large(LinearPlan plan, Input input, CudaMatrix weight, int rows, Output output) {
        Kernels.Kernel kernel = kernels.get("linear_large_" + input.element().suffix(), 4 * RING_STAGE_BYTES);
        launcher.begin().pointer(input.address()).pointer(weight.address());
        append(output, rows, weight.outputs());
        launcher.int32(weight.inputs()).launch(kernel, plan.grid(), 1, 256);
    }
}
