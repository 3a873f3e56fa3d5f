package dev.vidda.worker.model;

import dev.vidda.worker.device.Activation;
import dev.vidda.worker.device.AttentionShape;
import dev.vidda.worker.device.Device;
import dev.vidda.worker.device.KvBuffer;
import dev.vidda.worker.device.Ops;
import dev.vidda.worker.device.StepProgram;

/**
 * The forward pass of a pre-norm decoder-only transformer (Llama, Mistral, Qwen): attention with rotary positions, then a
 * gated MLP, each added to the residual stream {@code x}. Owns its workspace; weights and cache are lent.
 */
final class Decoder implements StepProgram, AutoCloseable {
    private final DecoderWeights weights;
    private final KvBuffer kv;
    private final Activation x;
    private final Activation queryKeyValue;
    private final Activation attended;
    private final Activation gated;
    private final Activation logits;

    Decoder(Device device, ModelConfig config, DecoderWeights weights, KvBuffer kv) {
        AttentionShape attention = config.attention();
        this.weights = weights;
        this.kv = kv;
        x = device.tokenRows(config.hiddenSize());
        queryKeyValue = device.tokenRows(attention.qkvWidth());
        attended = device.tokenRows(attention.queryWidth());
        gated = device.tokenRows(config.intermediateSize());
        logits = device.sampleRows(config.vocabSize());
    }

    @Override
    public void run(Ops ops) {
        ops.embed(weights.embedding(), x);
        for (int i = 0; i < weights.layers().size(); i++) {
            DecoderLayer layer = weights.layers().get(i);
            ops.normLinear(x, layer.attentionNorm(), layer.queryKeyValue(), queryKeyValue);
            ops.rotateAndStore(queryKeyValue, layer.heads(), kv, i);
            ops.attend(queryKeyValue, kv, i, layer.window(), attended);
            ops.addLinear(attended, layer.output(), x);

            ops.normGatedLinear(x, layer.mlpNorm(), layer.gateUp(), gated);
            ops.addLinear(gated, layer.down(), x);
        }
        ops.logits(x, weights.norm(), weights.head(), logits);
        ops.sample(logits);
    }

    /** [sampled rows, vocabulary], after a step. */
    Activation logits() {
        return logits;
    }

    @Override
    public void close() {
        x.close();
        queryKeyValue.close();
        attended.close();
        gated.close();
        logits.close();
    }
}
