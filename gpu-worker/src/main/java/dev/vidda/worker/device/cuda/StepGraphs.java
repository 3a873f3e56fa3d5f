package dev.vidda.worker.device.cuda;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.JCudaDriver;

import static dev.vidda.worker.device.cuda.Driver.check;

/** Steps that only decode, recorded as CUDA graphs: one for each bucket of rows, when first needed. */
final class StepGraphs implements AutoCloseable {
    private final Context context;
    private final int[] buckets;
    private final Map<Integer, Recorded> graphs = new HashMap<>();

    /** A graph, and what the host must believe after it ran. */
    private record Recorded(CUgraphExec graph, Runnable after) {}

    StepGraphs(Context context, int maxRows) {
        this.context = context;
        buckets = buckets(maxRows);
    }

    /** Numbers of rows that graphs are made for, up to {@code maxRows}. */
    static int[] buckets(int maxRows) {
        List<Integer> buckets = new ArrayList<>(List.of(1, 2, 4));
        for (int rows = 8; rows < maxRows; rows += rows < 32 ? 8 : rows < 128 ? 16 : 32) {
            buckets.add(rows);
        }
        buckets.add(maxRows);
        return buckets.stream()
                .filter(rows -> rows <= maxRows)
                .distinct()
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** The rows that a step of {@code rows} rows is filled up to. */
    int bucket(int rows) {
        for (int bucket : buckets) {
            if (bucket >= rows) {
                return bucket;
            }
        }
        throw new IllegalArgumentException(rows + " rows are more than " + buckets[buckets.length - 1]);
    }

    /**
     * Runs the graph of a bucket; {@code record} makes its launches the first time, and returns what the host must do
     * whenever they ran.
     */
    void launch(int bucket, Supplier<Runnable> record) {
        Recorded recorded = graphs.get(bucket);
        if (recorded == null) {
            recorded = capture(record);
            graphs.put(bucket, recorded);
        }
        check(JCudaDriver.cuGraphLaunch(recorded.graph(), context.stream()), "cuGraphLaunch");
        recorded.after().run();
    }

    private Recorded capture(Supplier<Runnable> record) {
        AtomicReference<Runnable> after = new AtomicReference<>(() -> {});
        CUgraphExec graph = record(context, () -> after.set(record.get()));
        return new Recorded(graph, after.get());
    }

    /** A graph of what {@code launches} launches on the context's stream; whoever asks destroys it. */
    static CUgraphExec record(Context context, Runnable launches) {
        int relaxed = CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_RELAXED;
        check(JCudaDriver.cuStreamBeginCapture(context.stream(), relaxed), "cuStreamBeginCapture");
        CUgraph graph = new CUgraph();
        try {
            launches.run();
        } finally {
            check(JCudaDriver.cuStreamEndCapture(context.stream(), graph), "cuStreamEndCapture");
        }
        CUgraphExec executable = new CUgraphExec();
        check(JCudaDriver.cuGraphInstantiate(executable, graph, 0), "cuGraphInstantiate");
        check(JCudaDriver.cuGraphDestroy(graph), "cuGraphDestroy");
        return executable;
    }

    @Override
    public void close() {
        graphs.values()
                .forEach(recorded -> check(JCudaDriver.cuGraphExecDestroy(recorded.graph()), "cuGraphExecDestroy"));
    }
}
