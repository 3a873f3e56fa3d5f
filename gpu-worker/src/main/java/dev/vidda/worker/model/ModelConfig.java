package dev.vidda.worker.model;

import dev.vidda.protocol.kv.KvShape;
import dev.vidda.worker.device.AttentionShape;
import dev.vidda.worker.device.RopeScaling;
import dev.vidda.worker.weights.CheckpointException;
import java.nio.file.Path;
import java.util.List;

/**
 * What a model is, from its {@code config.json}.
 *
 * @param maxPositions the longest sequence the model was made for, in tokens
 * @param normEpsilon epsilon of all norms
 * @param windows for each layer, the tokens it attends back to, or 0 for all
 * @param tiedEmbeddings the head is the embedding table
 */
public record ModelConfig(
        Architecture architecture,
        int vocabSize,
        int hiddenSize,
        int intermediateSize,
        AttentionShape attention,
        int maxPositions,
        float normEpsilon,
        double ropeTheta,
        RopeScaling ropeScaling,
        List<Integer> windows,
        Biases biases,
        boolean tiedEmbeddings) {
    public ModelConfig {
        windows = List.copyOf(windows);
    }

    /**
     * Reads a checkpoint's configuration.
     *
     * @param directory holds {@code config.json}
     * @throws CheckpointException if it is missing, broken, or of a model we do not support
     */
    public static ModelConfig read(Path directory) {
        return ConfigReader.read(directory.resolve("config.json"));
    }

    public int layers() {
        return windows.size();
    }

    /** What a token takes in the KV cache of a device with elements of so many bytes. */
    public KvShape kvShape(int bytesPerElement) {
        // Admission counts blocks, and blocks behind the window stay: one number for all layers is enough.
        int window = windows.contains(0)
                ? 0
                : windows.stream().mapToInt(Integer::intValue).max().orElse(0);
        return KvShape.grouped(layers(), attention.kvHeads(), attention.headDim(), bytesPerElement, window);
    }

    /** Parameters of the model; a tied table counts once. */
    public long parameters() {
        long hidden = hiddenSize;
        long attentionMaps = hidden * attention.qkvWidth() + (long) attention.queryWidth() * hidden;
        long norms = 2 * hidden + (architecture.headNorms() ? 2L * attention.headDim() : 0);
        long biasElements = (biases.queryKeyValue() ? attention.qkvWidth() : 0)
                + (biases.output() ? hidden : 0)
                + (biases.mlp() ? 2L * intermediateSize + hidden : 0);
        long layer = attentionMaps + 3 * hidden * intermediateSize + norms + biasElements;
        return layers() * layer + hidden + (tiedEmbeddings ? 1 : 2) * (long) vocabSize * hidden;
    }
}
