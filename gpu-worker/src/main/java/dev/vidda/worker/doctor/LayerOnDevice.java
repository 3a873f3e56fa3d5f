package dev.vidda.worker.doctor;

import dev.vidda.worker.device.Activation;
import dev.vidda.worker.device.Device;
import dev.vidda.worker.device.HeadTransform;
import dev.vidda.worker.device.KvBuffer;
import dev.vidda.worker.device.Ops;
import dev.vidda.worker.device.RmsNorm;
import dev.vidda.worker.device.RopeScaling;
import dev.vidda.worker.device.StepProgram;
import dev.vidda.worker.device.Weight;
import java.util.ArrayList;
import java.util.List;

/** A layer on one device, as the step that runs it. Owns the device. */
final class LayerOnDevice implements StepProgram, AutoCloseable {
    private static final int LAYERS = 2;
    /** The layer's place in the cache: not the first one, so that a wrong offset shows. */
    private static final int LAYER = 1;

    private static final double THETA = 1e6;
    private static final float EPSILON = 1e-6f;

    final Device device;
    private final List<Weight> owned = new ArrayList<>();
    private final int window;
    private final Weight embedding;
    private final Weight queryKeyValue;
    private final Weight output;
    private final Weight gateUp;
    private final Weight down;
    private final RmsNorm norm;
    private final HeadTransform heads;
    private final KvBuffer kv;
    private final Activation x;
    private final Activation qkv;
    final Activation attended;
    final Activation gated;
    final Activation logits;

    LayerOnDevice(Device device, LayerShape shape, LayerTensors tensors, int blocks, int blockTokens) {
        this.device = device;
        window = shape.window();
        embedding = own(device.loadLinear(List.of(tensors.embedding), List.of()));
        queryKeyValue = own(device.loadLinear(tensors.queryKeyValue, tensors.queryKeyValueBiases));
        output = own(device.loadLinear(List.of(tensors.output), List.of()));
        gateUp = own(device.loadGated(tensors.gate, tensors.up, tensors.gatedBiases));
        down = own(device.loadLinear(List.of(tensors.down), List.of()));
        norm = new RmsNorm(own(device.loadVector(tensors.norm)), EPSILON);
        RmsNorm headNorm = new RmsNorm(own(device.loadVector(tensors.headNorm)), EPSILON);
        heads = new HeadTransform(new RopeScaling.Default().rope(shape.headDim(), THETA), headNorm, headNorm);
        kv = device.kv(shape.attention(), LAYERS, blocks, blockTokens);
        x = device.tokenRows(shape.hidden());
        qkv = device.tokenRows(shape.attention().qkvWidth());
        attended = device.tokenRows(shape.attention().queryWidth());
        gated = device.tokenRows(shape.intermediate());
        logits = device.sampleRows(shape.vocabulary());
    }

    private Weight own(Weight weight) {
        owned.add(weight);
        return weight;
    }

    @Override
    public void run(Ops ops) {
        fill(ops);
        ops.attend(qkv, kv, LAYER, window, attended);
        ops.addLinear(attended, output, x);
        ops.normGatedLinear(x, norm, gateUp, gated);
        ops.addLinear(gated, down, x);
        ops.logits(x, norm, embedding, logits);
        ops.sample(logits);
    }

    /** The beginning of {@link #run} that writes the rows' keys and values, for prompts whose outputs nobody compares. */
    void fill(Ops ops) {
        ops.embed(embedding, x);
        ops.normLinear(x, norm, queryKeyValue, qkv);
        ops.rotateAndStore(qkv, heads, kv, LAYER);
    }

    @Override
    public void close() {
        for (Activation activation : List.of(x, qkv, attended, gated, logits)) {
            activation.close();
        }
        kv.close();
        owned.forEach(Weight::close);
        device.close();
    }
}
