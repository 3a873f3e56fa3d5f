package dev.vidda.worker.device.cuda;

import dev.vidda.worker.device.LiveBytes;
import java.util.ArrayList;
import java.util.List;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUgraphExec;
import jcuda.driver.JCudaDriver;

import static dev.vidda.worker.device.cuda.Driver.check;

/**
 * Measures layers with our kernels and with cuBLAS, as graphs of a few layers one after the other, whose weights together are more
 * than the second-level cache holds. Where a layer leaves parts, a kernel that reads them stands behind it. Each launch is
 * also a first one for cuBLAS, which loads its kernels then, and not while a step is recorded.
 */
final class CublasTrials implements AutoCloseable {
    private static final int RUNS = 4;
    /** Layers in a graph of so many rows that weights matter little. */
    private static final int FEW_LAYERS = 2;

    private final Context context;
    private final Launcher launcher;
    private final Kernels kernels;
    private final Linears linears;
    private final Gate gate;
    private final Element element;
    private final Room room;
    private final CUevent start = new CUevent();
    private final CUevent end = new CUevent();

    /** Memory that layers of a kind read and write. */
    record Room(Scratch input, Scratch sums, Scratch output, int rows) implements AutoCloseable {
        static Room of(Context context, LiveBytes live, RoomSize size) {
            return new Room(
                    scratch(context, live, (long) Workspace.rows(size.rows()) * size.inputs() * Short.BYTES),
                    scratch(context, live, size.partFloats() * Float.BYTES),
                    scratch(context, live, size.outputBytes()),
                    Workspace.rows(size.rows()));
        }

        private static Scratch scratch(Context context, LiveBytes live, long bytes) {
            return new Scratch(live, DeviceMemory.allocateZeros(context, bytes));
        }

        @Override
        public void close() {
            input.close();
            sums.close();
            output.close();
        }
    }

    /**
     * How much of it.
     *
     * @param rows the most rows
     * @param inputs the widest input
     * @param partFloats floats for the parts of any layer
     * @param outputBytes bytes of the largest output
     */
    record RoomSize(int rows, int inputs, long partFloats, long outputBytes) {
        long bytes() {
            return (long) Workspace.rows(rows) * inputs * Short.BYTES + partFloats * Float.BYTES + outputBytes;
        }
    }

    CublasTrials(Context context, StepRunner.Launchers launchers, Room room) {
        this.context = context;
        launcher = launchers.launcher();
        kernels = launchers.kernels();
        linears = launchers.linears();
        gate = new Gate(launcher, kernels);
        element = launchers.element();
        this.room = room;
        check(JCudaDriver.cuEventCreate(start, CUevent_flags.CU_EVENT_DEFAULT), "cuEventCreate");
        check(JCudaDriver.cuEventCreate(end, CUevent_flags.CU_EVENT_DEFAULT), "cuEventCreate");
        launcher.begin()
                .pointer(room.input().address())
                .int64(room.input().bytes() / Short.BYTES)
                .float32(1)
                .int32(1)
                .launch(kernels.get("random_" + element.suffix(), 0), 4 * context.multiprocessors(), 1, 256);
    }

    /**
     * Measures at each number of rows at which cuBLAS could take the layer.
     *
     * @param uses of the matrices, in their order; the matrices have none afterwards
     */
    List<CublasRows.Trial> of(List<CudaMatrix> matrices, List<CublasLinears.Use> uses, LayerKind kind, int[] rows) {
        List<CublasRows.Trial> trials = new ArrayList<>();
        for (int count : rows) {
            if (!linears.readsFragments(matrices.getFirst(), count, kind == LayerKind.HEAD)) {
                double own = seconds(matrices, kind, count);
                trials.add(new CublasRows.Trial(count, own, secondsByCublas(matrices, uses, kind, count)));
            }
        }
        return trials;
    }

    private double secondsByCublas(List<CudaMatrix> matrices, List<CublasLinears.Use> uses, LayerKind kind, int rows) {
        for (int i = 0; i < matrices.size(); i++) {
            matrices.get(i).use(uses.get(i));
        }
        try {
            return seconds(matrices, kind, rows);
        } finally {
            matrices.forEach(matrix -> matrix.use(null));
        }
    }

    /** Seconds of a layer. */
    private double seconds(List<CudaMatrix> matrices, LayerKind kind, int rows) {
        int layers = linears.gpu().inParts(rows) ? Math.max(FEW_LAYERS, matrices.size()) : FEW_LAYERS;
        Runnable chain = () -> {
            for (int i = 0; i < layers; i++) {
                layer(matrices.get(i % matrices.size()), kind, rows);
            }
        };
        // What must not be made while recording is made now.
        chain.run();
        CUgraphExec graph = StepGraphs.record(context, chain);
        double best = Double.MAX_VALUE;
        for (int run = -1; run < RUNS; run++) {
            check(JCudaDriver.cuEventRecord(start, context.stream()), "cuEventRecord");
            check(JCudaDriver.cuGraphLaunch(graph, context.stream()), "cuGraphLaunch");
            check(JCudaDriver.cuEventRecord(end, context.stream()), "cuEventRecord");
            context.synchronize();
            float[] millis = new float[1];
            check(JCudaDriver.cuEventElapsedTime(millis, start, end), "cuEventElapsedTime");
            best = run < 0 ? best : Math.min(best, millis[0] / 1e3);
        }
        check(JCudaDriver.cuGraphExecDestroy(graph), "cuGraphExecDestroy");
        return best / layers;
    }

    private void layer(CudaMatrix matrix, LayerKind kind, int rows) {
        Linears.Input input = new Linears.Input(room.input().address(), room.rows(), element);
        long to = room.output().address();
        if (kind == LayerKind.HEAD) {
            linears.floats(input, matrix, rows, to);
        } else if (!linears.gpu().inParts(rows)) {
            linears.whole(input, matrix, rows, to, kind.ending());
        } else if (kind != LayerKind.GATED || !linears.gated(input, matrix, rows, to, false)) {
            Gate.Target target = new Gate.Target(to, element, false);
            Parts parts =
                    linears.inParts(input, matrix, rows, floats -> room.sums().address());
            gate.launch(parts, 0, rows, matrix.outputs() / 2, target);
        }
    }

    @Override
    public void close() {
        context.synchronize();
        check(JCudaDriver.cuEventDestroy(start), "cuEventDestroy");
        check(JCudaDriver.cuEventDestroy(end), "cuEventDestroy");
    }
}
