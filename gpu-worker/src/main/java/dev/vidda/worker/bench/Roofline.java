package dev.vidda.worker.bench;

import dev.vidda.protocol.kv.KvShape;
import dev.vidda.worker.device.Ceilings;
import dev.vidda.worker.model.ModelConfig;

/**
 * The least that a model's steps must read and compute, and how long a device of given ceilings takes for that: every weight once
 * a step, keys and values once for each token that attends to them, two operations for each weight and row.
 */
final class Roofline {
    /** Bytes of a weight: checkpoints have 16 bits. */
    private static final int WEIGHT_BYTES = 2;

    private final ModelConfig config;
    private final KvShape kv;
    private final Ceilings ceilings;
    private final double headWeights;
    private final double layerWeights;

    Roofline(ModelConfig config, KvShape kv, Ceilings ceilings) {
        this.config = config;
        this.kv = kv;
        this.ceilings = ceilings;
        headWeights = (double) config.vocabSize() * config.hiddenSize();
        layerWeights = config.parameters() - headWeights * (config.tiedEmbeddings() ? 1 : 2);
    }

    /** What a step needs: bytes and operations of the linear layers, and of attention. */
    record Need(double weightBytes, double weightOperations, double kvBytes, double kvOperations) {
        double bytes() {
            return weightBytes + kvBytes;
        }

        double operations() {
            return weightOperations + kvOperations;
        }
    }

    /** One token of each of {@code batch} sequences that attend to {@code context} tokens. */
    Need decode(int batch, double context) {
        double weights = layerWeights + headWeights;
        double tokens = batch * attended(context);
        return new Need(
                WEIGHT_BYTES * weights,
                2 * weights * batch,
                tokens * kv.bytesPerToken() / config.layers(),
                tokens * 4 * config.attention().queryWidth());
    }

    /** A prompt of {@code length} tokens, up to the first token behind it. */
    Need prefill(int length) {
        double pairs = 0;
        for (int window : config.windows()) {
            double full = window == 0 ? length : Math.min(length, window);
            pairs += full * (full + 1) / 2 + (length - full) * full;
        }
        return new Need(
                WEIGHT_BYTES * (layerWeights + headWeights),
                2 * layerWeights * length + 2 * headWeights,
                (double) length * kv.bytesPerToken(),
                pairs * 4 * config.attention().queryWidth());
    }

    /** Tokens that one token attends to in all layers together. */
    private double attended(double context) {
        return config.windows().stream()
                .mapToDouble(window -> window == 0 ? context : Math.min(context, window))
                .sum();
    }

    /** Seconds that the device takes at least: linear layers and attention come one after the other. */
    double seconds(Need need) {
        return ceilings.seconds(need.weightBytes(), need.weightOperations())
                + ceilings.seconds(need.kvBytes(), need.kvOperations());
    }
}
