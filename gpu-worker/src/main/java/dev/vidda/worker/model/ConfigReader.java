package dev.vidda.worker.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vidda.worker.device.AttentionShape;
import dev.vidda.worker.device.RopeScaling;
import dev.vidda.worker.weights.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Reads {@code config.json} in the forms that Hugging Face transformers 4 and 5 write. */
final class ConfigReader {
    private final JsonFields config;

    private ConfigReader(JsonFields config) {
        this.config = config;
    }

    static ModelConfig read(Path file) {
        return new ConfigReader(new JsonFields(file, parse(file))).model();
    }

    private static JsonNode parse(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(file + " is missing: not a Hugging Face checkpoint");
        }
        try {
            JsonNode root = new ObjectMapper().readTree(Files.readAllBytes(file));
            if (!root.isObject()) {
                throw new CheckpointException(file + " is not a JSON object");
            }
            return root;
        } catch (JsonProcessingException e) {
            throw new CheckpointException(file + " is not valid JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new CheckpointException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private ModelConfig model() {
        Architecture architecture = architecture();
        config.refuse("quantization_config", "quantised weights are not supported");
        config.expectText("hidden_act", "silu");
        int hidden = config.positive("hidden_size");
        AttentionShape attention = attention(hidden);
        int maxPositions = config.positive("max_position_embeddings");
        JsonFields rope = ropeFields();
        return new ModelConfig(
                architecture,
                config.positive("vocab_size"),
                hidden,
                config.positive("intermediate_size"),
                attention,
                maxPositions,
                (float) config.positiveNumber("rms_norm_eps"),
                rope.has("rope_theta")
                        ? rope.positiveNumber("rope_theta")
                        : config.positiveNumber("rope_theta", 10_000),
                ropeScaling(rope, maxPositions),
                windows(architecture),
                biases(architecture),
                config.flag("tie_word_embeddings", false));
    }

    private Architecture architecture() {
        String name = config.firstText("architectures");
        return Architecture.of(name).orElseThrow(() -> {
            String known = Arrays.stream(Architecture.values())
                    .map(Architecture::className)
                    .collect(Collectors.joining(", "));
            return config.error("architectures", "has " + name + ", which is not supported; supported are " + known);
        });
    }

    private AttentionShape attention(int hidden) {
        int heads = config.positive("num_attention_heads");
        int kvHeads = config.positive("num_key_value_heads", heads);
        if (heads % kvHeads != 0) {
            throw config.error("num_key_value_heads", "must divide num_attention_heads = " + heads + ", is " + kvHeads);
        }
        if (!config.has("head_dim") && hidden % heads != 0) {
            throw config.error("num_attention_heads", "must divide hidden_size = " + hidden + ", is " + heads);
        }
        int headDim = config.positive("head_dim", hidden / heads);
        if (headDim % 2 != 0) {
            throw config.error("head_dim", "must be even, is " + headDim);
        }
        return new AttentionShape(heads, kvHeads, headDim);
    }

    private Biases biases(Architecture architecture) {
        if (architecture.alwaysQkvBias()) {
            return new Biases(true, false, false);
        }
        boolean attention = architecture.optionalBias() && config.flag("attention_bias", false);
        boolean mlp = architecture.optionalBias() && config.flag("mlp_bias", false);
        return new Biases(attention, attention, mlp);
    }

    private List<Integer> windows(Architecture architecture) {
        int layers = config.positive("num_hidden_layers");
        boolean used = architecture == Architecture.MISTRAL || config.flag("use_sliding_window", false);
        int window = architecture.slidingWindow() && used ? config.positive("sliding_window", 0) : 0;
        List<String> types = config.texts("layer_types");
        if (!types.isEmpty() && types.size() != layers) {
            throw config.error(
                    "layer_types", "must have num_hidden_layers = " + layers + " entries, has " + types.size());
        }
        // Qwen2 and Qwen3 of transformers 4: the first max_window_layers attend to everything.
        int full = architecture == Architecture.MISTRAL ? 0 : config.positive("max_window_layers", layers);
        List<Integer> windows = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            boolean sliding = types.isEmpty() ? i >= full : slides(types.get(i));
            windows.add(sliding ? window : 0);
        }
        return windows;
    }

    private boolean slides(String type) {
        return switch (type) {
            case "full_attention" -> false;
            case "sliding_attention" -> true;
            default -> throw config.error("layer_types", "has " + type + ", which is not supported");
        };
    }

    /** {@code rope_parameters} of transformers 5, {@code rope_scaling} of 4; empty when there is neither. */
    private JsonFields ropeFields() {
        JsonFields parameters = config.object("rope_parameters");
        return parameters.isEmpty() ? config.object("rope_scaling") : parameters;
    }

    private RopeScaling ropeScaling(JsonFields rope, int maxPositions) {
        String type = rope.text("rope_type", rope.text("type", "default"));
        return switch (type) {
            case "default" -> new RopeScaling.Default();
            case "linear" -> new RopeScaling.Linear(rope.positiveNumber("factor"));
            case "llama3" -> llama3(rope);
            case "yarn" -> yarn(rope, maxPositions);
            default ->
                throw rope.error(
                        "rope_type",
                        "is " + type + ", which is not supported; supported are default, linear, llama3, yarn");
        };
    }

    private static RopeScaling llama3(JsonFields rope) {
        double low = rope.positiveNumber("low_freq_factor");
        double high = rope.positiveNumber("high_freq_factor");
        if (high <= low) {
            throw rope.error("high_freq_factor", "must exceed low_freq_factor = " + low + ", is " + high);
        }
        return new RopeScaling.Llama3(
                rope.positiveNumber("factor"), low, high, rope.positive("original_max_position_embeddings"));
    }

    private static RopeScaling yarn(JsonFields rope, int maxPositions) {
        int original = rope.positive("original_max_position_embeddings", maxPositions);
        double factor = rope.has("factor") ? rope.positiveNumber("factor") : (double) maxPositions / original;
        if (rope.has("mscale") || rope.has("mscale_all_dim")) {
            throw rope.error("mscale", "is not supported for this architecture");
        }
        float magnitude = (float) rope.positiveNumber("attention_factor", RopeScaling.Yarn.paperMagnitude(factor));
        return new RopeScaling.Yarn(
                factor,
                rope.positiveNumber("beta_fast", 32),
                rope.positiveNumber("beta_slow", 1),
                original,
                magnitude,
                rope.flag("truncate", true));
    }
}
