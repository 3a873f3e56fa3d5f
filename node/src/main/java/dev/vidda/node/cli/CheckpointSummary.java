package dev.vidda.node.cli;

import dev.vidda.node.ByteSize;
import dev.vidda.protocol.kv.KvCost;
import dev.vidda.protocol.kv.KvShape;
import dev.vidda.worker.model.ModelConfig;
import dev.vidda.worker.weights.Checkpoint;
import dev.vidda.worker.weights.CheckpointException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What a checkpoint is and what it needs.
 *
 * @param weightBytes bytes of all its tensors
 * @param dtype element type of its embedding table
 * @param kvShape what a token takes in the KV cache
 * @param memoryBytes memory for weights and KV cache together
 */
record CheckpointSummary(
        Path directory, ModelConfig config, long weightBytes, String dtype, KvShape kvShape, long memoryBytes) {
    private static final int NAME_WIDTH = 36;

    /** @throws CheckpointException if it cannot be served, saying why */
    static CheckpointSummary of(Path directory, int kvBytesPerElement, long memoryBytes) {
        ModelConfig config = ModelConfig.read(directory);
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            String dtype = checkpoint
                    .tensor("model.embed_tokens.weight", config.vocabSize(), config.hiddenSize())
                    .dtype()
                    .name()
                    .toLowerCase(Locale.ROOT);
            return new CheckpointSummary(
                    directory, config, checkpoint.bytes(), dtype, config.kvShape(kvBytesPerElement), memoryBytes);
        }
    }

    /** Blocks of KV cache beside the weights. */
    int kvBlocks() {
        return KvCost.blocksIn(kvShape, memoryBytes - weightBytes);
    }

    /** The most tokens of one sequence, by memory and by what the model was made for. */
    long longestContext() {
        return Math.min(config.maxPositions(), KvCost.longestContext(kvShape, kvBlocks()));
    }

    /** Sequences of the model's full length that fit at a time. */
    int fullSequences() {
        return kvBlocks() / KvCost.blocks(kvShape, config.maxPositions());
    }

    /** Several lines for people. */
    String describe() {
        StringBuilder text = new StringBuilder();
        line(text, "model", directory.toString());
        line(text, "architecture", config.architecture().className());
        line(text, "parameters", count(config.parameters()));
        line(text, "weights", ByteSize.format(weightBytes) + " (" + dtype + ")");
        line(
                text,
                "layers",
                config.layers() + ", hidden size " + config.hiddenSize() + ", MLP " + config.intermediateSize());
        line(
                text,
                "attention",
                config.attention().heads() + " heads of " + config.attention().headDim() + ", "
                        + config.attention().kvHeads() + " for keys and values"
                        + (kvShape.slidingWindow() > 0 ? ", window " + kvShape.slidingWindow() : ""));
        line(text, "vocabulary", grouped(config.vocabSize()));
        line(text, "made for", grouped(config.maxPositions()) + " tokens of context");
        line(
                text,
                "KV cache",
                grouped(kvShape.bytesPerToken()) + " bytes a token at " + kvShape.bytesPerElement() + " an element, "
                        + ByteSize.format(KvCost.blocks(kvShape, config.maxPositions()) * kvShape.bytesPerBlock())
                        + " for one full context");
        line(text, "memory", ByteSize.format(memoryBytes) + fit());
        return text.toString();
    }

    private String fit() {
        if (kvBlocks() == 0) {
            return ": too little, the weights alone need " + ByteSize.format(weightBytes);
        }
        long tokens = (long) kvBlocks() * kvShape.blockTokens();
        String contexts = longestContext() < config.maxPositions()
                ? "longest context " + grouped(longestContext()) + " tokens"
                : "full context, " + grouped(fullSequences()) + " at a time";
        return ": " + contexts + " (" + grouped(tokens) + " tokens of KV cache in all)";
    }

    /** One line of a table. */
    String row() {
        return String.format(
                Locale.ROOT,
                "%-" + NAME_WIDTH + "s %-22s %10s %10s %9s %9s%n",
                directory,
                config.architecture().className(),
                count(config.parameters()).replaceAll(" \\(.*", ""),
                ByteSize.format(weightBytes),
                grouped(config.maxPositions()),
                grouped(longestContext()));
    }

    /** For machines. */
    Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("directory", directory.toString());
        fields.put("architecture", config.architecture().className());
        fields.put("parameters", config.parameters());
        fields.put("dtype", dtype);
        fields.put("weight_bytes", weightBytes);
        fields.put("layers", config.layers());
        fields.put("vocabulary", config.vocabSize());
        fields.put("context_length", config.maxPositions());
        fields.put("kv_bytes_per_token", kvShape.bytesPerToken());
        fields.put("memory_bytes", memoryBytes);
        fields.put("kv_blocks", kvBlocks());
        fields.put("kv_block_tokens", kvShape.blockTokens());
        fields.put("longest_context", longestContext());
        fields.put("full_sequences", fullSequences());
        return fields;
    }

    static String count(long number) {
        String unit = number >= 1_000_000_000 ? "B" : number >= 1_000_000 ? "M" : number >= 1000 ? "K" : "";
        double divisor = number >= 1_000_000_000 ? 1e9 : number >= 1_000_000 ? 1e6 : number >= 1000 ? 1e3 : 1;
        return unit.isEmpty()
                ? Long.toString(number)
                : String.format(Locale.ROOT, "%.2f %s (%s)", number / divisor, unit, grouped(number));
    }

    static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append(String.format(Locale.ROOT, "%-14s %s%n", name, value));
    }
}
