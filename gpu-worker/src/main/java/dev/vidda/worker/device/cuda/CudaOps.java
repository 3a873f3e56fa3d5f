package dev.vidda.worker.device.cuda;

import dev.vidda.worker.device.Activation;
import dev.vidda.worker.device.HeadTransform;
import dev.vidda.worker.device.KvBuffer;
import dev.vidda.worker.device.Ops;
import dev.vidda.worker.device.RmsNorm;
import dev.vidda.worker.device.Weight;
import dev.vidda.worker.device.cuda.CudaActivation.Content;
import dev.vidda.worker.device.cuda.Linears.Ending;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The operations as kernel launches on the device's stream, in one of two ways.
 *
 * <p>With few rows a linear layer leaves its sums in parts, and the kernel that reads them (norm, heads, gate) adds them up on
 * its way: a step is bound by reading weights, and these kernels run while the next layer's weights are on their way.
 * With many rows a linear layer finishes its outputs itself, residual sum and gate included.
 */
final class CudaOps implements Ops {
    private static final int NORM_THREADS = 1024;
    private static final int NORM_WIDE_STEPS = 4;
    /** Elements of a row that a warp of norm_rows and norm_rows_wide can hold. */
    private static final int NORM_ROWS_WIDTH = 20 * 128;

    private static final int NORM_ROWS_WIDE_WIDTH = 32 * 128;
    private static final int NORM_ROWS_WARPS = 4;
    /** Rows up to which a block a row is no slower. */
    private static final int NORM_BLOCK_ROWS = 512;

    private final LinearPlan.Gpu gpu;
    private final Launcher launcher;
    private final Kernels kernels;
    private final Linears linears;
    private final Attention attention;
    private final Gate gate;
    private final Workspace workspace;
    private final Element element;
    private final Draws draws;

    private StepInputs inputs;
    private int rows;
    private int sampled;
    private int decoding;
    private int vocabulary = Integer.MAX_VALUE;
    /** Activations that operations wrote to. */
    private final Set<CudaActivation> touched = Collections.newSetFromMap(new IdentityHashMap<>());

    CudaOps(StepRunner.Launchers launchers, Draws draws, Workspace workspace, StepInputs inputs) {
        linears = launchers.linears();
        gpu = linears.gpu();
        attention = launchers.attention();
        launcher = launchers.launcher();
        kernels = launchers.kernels();
        gate = new Gate(launcher, kernels);
        element = launchers.element();
        this.draws = draws;
        this.workspace = workspace;
        this.inputs = inputs;
    }

    /**
     * What the following operations are for.
     *
     * @param rows rows to compute
     * @param sampled rows to sample
     * @param decoding sequences with one row
     */
    void begin(StepInputs stepInputs, int stepRows, int stepSampled, int stepDecoding) {
        inputs = stepInputs;
        rows = stepRows;
        sampled = stepSampled;
        decoding = stepDecoding;
    }

    /** Rows of the embedding, once a step was made. */
    int vocabulary() {
        return vocabulary;
    }

    /** Makes activations say again what they hold now. */
    Runnable contents() {
        Map<CudaActivation, Content> held = new IdentityHashMap<>();
        touched.forEach(activation -> held.put(activation, activation.content()));
        return () -> held.forEach(CudaActivation::holds);
    }

    @Override
    public void embed(Weight table, Activation x) {
        CudaMatrix weight = matrix(table);
        CudaActivation to = own(x);
        requireWidth(to, weight.inputs());
        vocabulary = weight.outputs();
        launcher.begin()
                .pointer(inputs.address(inputs.tokenIds))
                .pointer(weight.address())
                .pointer(to.address())
                .int32(weight.inputs())
                .launch(kernel("embed", 0), rows, 1, 256);
        to.holds(Content.FLOATS);
    }

    @Override
    public void normLinear(Activation x, RmsNorm norm, Weight weight, Activation out) {
        CudaMatrix map = matrix(weight);
        CudaActivation to = own(out);
        requireWidth(to, map.outputs());
        Linears.Input input = normalise(own(x), norm, map, 0, rows, LinearPlan.readsFragments(gpu, rows, map.inputs()));
        if (gpu.inParts(rows)) {
            to.holds(Content.PARTS);
            to.awaits(linears.inParts(input, map, rows, workspace::parts), map.bias());
        } else {
            long bias = linears.whole(input, map, rows, to.address(), Ending.ROWS);
            to.holds(Content.ROWS);
            to.awaits(Parts.NONE, bias);
        }
    }

    @Override
    public void addLinear(Activation in, Weight weight, Activation x) {
        CudaMatrix map = matrix(weight);
        CudaActivation from = own(in);
        CudaActivation to = own(x);
        requireWidth(from, map.inputs());
        requireWidth(to, map.outputs());
        Linears.Input input = new Linears.Input(from.address(), from.rows(), element);
        if (gpu.inParts(rows)) {
            to.awaits(linears.inParts(input, map, rows, workspace::parts), map.bias());
        } else {
            linears.whole(input, map, rows, to.address(), Ending.RESIDUAL);
        }
    }

    @Override
    public void normGatedLinear(Activation x, RmsNorm norm, Weight gateUp, Activation out) {
        CudaMatrix map = matrix(gateUp);
        CudaActivation to = own(out);
        if (!map.gated()) {
            throw new IllegalArgumentException("not a gated linear map: " + map);
        }
        int width = map.outputs() / 2;
        requireWidth(to, width);
        Linears.Input input = normalise(own(x), norm, map, 0, rows, LinearPlan.readsFragments(gpu, rows, map.inputs()));
        boolean fragments = LinearPlan.readsFragments(gpu, rows, width);
        if (linears.gated(input, map, rows, to.address(), fragments)) {
            to.holds(fragments ? Content.FRAGMENTS : Content.ROWS);
        } else if (gpu.inParts(rows)) {
            Parts parts = linears.inParts(input, map, rows, workspace::parts);
            gate.launch(parts, map.bias(), rows, width, new Gate.Target(to.address(), element, fragments));
        } else {
            linears.whole(input, map, rows, to.address(), Ending.GATED);
        }
        to.holds(fragments ? Content.FRAGMENTS : Content.ROWS);
        touched.add(to);
    }

    @Override
    public void rotateAndStore(Activation qkv, HeadTransform transform, KvBuffer kv, int layer) {
        CudaActivation rowsOfHeads = own(qkv);
        requireWidth(rowsOfHeads, kv.shape().qkvWidth());
        attention.heads(inputs, rowsOfHeads, rows, transform, new Attention.Layer(own(kv), layer, 0), element);
        rowsOfHeads.holds(Content.QUERIES);
    }

    @Override
    public void attend(Activation qkv, KvBuffer kv, int layer, int window, Activation out) {
        CudaActivation to = own(out);
        requireWidth(to, kv.shape().queryWidth());
        Attention.Layer of = new Attention.Layer(own(kv), layer, window);
        boolean fragments = LinearPlan.readsFragments(gpu, rows, to.width());
        Attention.Target target = new Attention.Target(to.address(), element, fragments);
        if (decoding > 0) {
            attention.decode(inputs, own(qkv), decoding, of, workspace, target);
        }
        if (inputs.tiles() > 0 && decoding < rows) {
            attention.prefill(inputs, own(qkv), of, target);
        }
        to.holds(fragments ? Content.FRAGMENTS : Content.ROWS);
        touched.add(to);
    }

    @Override
    public void logits(Activation x, RmsNorm norm, Weight head, Activation logits) {
        CudaMatrix map = matrix(head);
        CudaActivation to = own(logits);
        requireWidth(to, map.outputs());
        if (map.bias() != 0) {
            throw new IllegalArgumentException("this device knows no head with a bias");
        }
        if (sampled == 0) {
            return;
        }
        boolean fragments =
                LinearPlan.whole(gpu, sampled, map.outputs(), map.inputs()).form() == LinearPlan.Form.SMALL;
        Linears.Input input = normalise(own(x), norm, map, inputs.address(inputs.sampleRows), sampled, fragments);
        linears.floats(input, map, sampled, to.address());
        to.holds(Content.FLOATS);
        touched.add(to);
    }

    @Override
    public void sample(Activation rowsOfLogits) {
        if (sampled > 0) {
            draws.draw(inputs, own(rowsOfLogits), sampled);
        }
    }

    /** Adds to {@code x} what it still awaits, and normalises its rows, or those that {@code source} lists. */
    private Linears.Input normalise(
            CudaActivation x, RmsNorm norm, CudaMatrix reader, long source, int count, boolean fragments) {
        requireWidth(x, reader.inputs());
        launcher.begin().struct().withInt64(x.address());
        x.parts().appendTo(launcher);
        launcher.withInt64(x.partsBias())
                .withInt64(Attention.vector(norm.scale()).address())
                .withInt64(source == 0 ? x.address() : 0)
                .withFloat32(norm.epsilon());
        launcher.pointer(source).pointer(workspace.normed()).int32(x.width());
        boolean awaitsNothing = x.parts().grid() == 0 && x.partsBias() == 0;
        if (count > NORM_BLOCK_ROWS && awaitsNothing && !fragments && x.width() <= NORM_ROWS_WIDE_WIDTH) {
            String name = x.width() <= NORM_ROWS_WIDTH ? "norm_rows" : "norm_rows_wide";
            launcher.int32(count)
                    .launch(kernel(name, 0), Math.ceilDiv(count, NORM_ROWS_WARPS), 1, NORM_ROWS_WARPS * 32);
        } else {
            int steps = x.width() <= NORM_THREADS * 4 ? 1 : NORM_WIDE_STEPS;
            int threads = Math.ceilDiv(x.width(), 4 * steps * 32) * 32;
            launcher.int32(fragments ? 1 : 0).launch(kernel(steps == 1 ? "norm" : "norm_wide", 0), count, 1, threads);
        }
        if (source == 0) {
            x.holds(Content.FLOATS);
        }
        return new Linears.Input(workspace.normed(), x.rows(), element);
    }

    private Kernels.Kernel kernel(String name, int sharedBytes) {
        return kernels.get(name + "_" + element.suffix(), sharedBytes);
    }

    private static void requireWidth(CudaActivation activation, int width) {
        if (activation.width() != width) {
            throw new IllegalArgumentException("an activation of width " + activation.width() + ", not " + width);
        }
    }

    static CudaActivation own(Activation activation) {
        if (activation instanceof CudaActivation own) {
            return own;
        }
        throw new IllegalArgumentException("not an activation of this device: " + activation);
    }

    static CudaKv own(KvBuffer kv) {
        if (kv instanceof CudaKv own) {
            return own;
        }
        throw new IllegalArgumentException("not a KV cache of this device: " + kv);
    }

    private static CudaMatrix matrix(Weight weight) {
        if (weight instanceof CudaMatrix own) {
            return own;
        }
        throw new IllegalArgumentException("not a linear map of this device: " + weight);
    }
}
