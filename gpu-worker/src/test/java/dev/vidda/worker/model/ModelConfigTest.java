package dev.vidda.worker.model;

import dev.vidda.protocol.kv.KvShape;
import dev.vidda.worker.device.AttentionShape;
import dev.vidda.worker.device.RopeScaling;
import dev.vidda.worker.weights.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ModelConfigTest {
    private static final String LLAMA = """
            {"architectures": ["LlamaForCausalLM"], "vocab_size": 1000, "hidden_size": 64, "intermediate_size": 160,
             "num_hidden_layers": 3, "num_attention_heads": 4, "num_key_value_heads": 2, "rms_norm_eps": 1e-5,
             "max_position_embeddings": 8192, "hidden_act": "silu", "rope_theta": 500000.0}""";

    @TempDir
    private Path directory = Path.of("");

    private ModelConfig read(String json) throws IOException {
        Files.writeString(directory.resolve("config.json"), json);
        return ModelConfig.read(directory);
    }

    /** The Llama configuration with fields replaced or added. */
    private static String with(String fields) {
        return LLAMA.substring(0, LLAMA.length() - 1) + ", " + fields + "}";
    }

    @Test
    void readsLlamaInTheFormOfTransformers4() throws IOException {
        ModelConfig config = read(LLAMA);
        assertThat(config.architecture()).isEqualTo(Architecture.LLAMA);
        assertThat(config.attention()).isEqualTo(new AttentionShape(4, 2, 16));
        assertThat(config.windows()).containsExactly(0, 0, 0);
        assertThat(config.ropeTheta()).isEqualTo(500_000);
        assertThat(config.ropeScaling()).isEqualTo(new RopeScaling.Default());
        assertThat(config.biases()).isEqualTo(new Biases(false, false, false));
        assertThat(config.tiedEmbeddings()).isFalse();
        assertThat(config.kvShape(4)).isEqualTo(KvShape.grouped(3, 2, 16, 4, 0));
    }

    @Test
    void countsParameters() throws IOException {
        long layer = 64 * (64 + 2 * 32) + 64 * 64 + 3 * 64 * 160 + 2 * 64;
        assertThat(read(LLAMA).parameters()).isEqualTo(3 * layer + 64 + 2 * 1000 * 64);
        assertThat(read(with("\"tie_word_embeddings\": true")).parameters()).isEqualTo(3 * layer + 64 + 1000 * 64);
    }

    @Test
    void ropeParametersOfTransformers5AndRopeScalingOf4MeanTheSame() throws IOException {
        RopeScaling expected = new RopeScaling.Llama3(8, 1, 4, 8192);
        String fields = """
                {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                 "original_max_position_embeddings": 8192, "rope_theta": 500000.0}""";
        assertThat(read(with("\"rope_scaling\": " + fields)).ropeScaling()).isEqualTo(expected);
        assertThat(read(with("\"rope_parameters\": " + fields)).ropeScaling()).isEqualTo(expected);
    }

    @Test
    void yarnTakesItsDefaultsFromThePaper() throws IOException {
        String fields = "{\"type\": \"yarn\", \"factor\": 4.0, \"original_max_position_embeddings\": 32768}";
        assertThat(read(with("\"rope_scaling\": " + fields)).ropeScaling())
                .isEqualTo(new RopeScaling.Yarn(4, 32, 1, 32768, RopeScaling.Yarn.paperMagnitude(4), true));
    }

    @Test
    void mistralSlidesOnEveryLayerAndQwenWhereItSays() throws IOException {
        String mistral = with("\"sliding_window\": 4096").replace("Llama", "Mistral");
        assertThat(read(mistral).windows()).containsExactly(4096, 4096, 4096);
        assertThat(read(mistral).kvShape(4).slidingWindow()).isEqualTo(4096);
        String qwen = with("\"sliding_window\": 100, \"use_sliding_window\": true, \"max_window_layers\": 2")
                .replace("Llama", "Qwen2");
        assertThat(read(qwen).windows()).containsExactly(0, 0, 100);
        assertThat(read(qwen).kvShape(4).slidingWindow()).isZero();
        assertThat(read(qwen).biases()).isEqualTo(new Biases(true, false, false));
        assertThat(read(qwen.replace("true", "false")).windows()).containsExactly(0, 0, 0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "\"architectures\": [\"GPT2LMHeadModel\"] | architectures has GPT2LMHeadModel",
                "\"architectures\": [] | architectures must not be empty",
                "\"hidden_size\": -4 | hidden_size must be a positive integer, is -4",
                "\"hidden_size\": null | hidden_size is missing",
                "\"hidden_size\": \"64\" | hidden_size must be a positive integer, is \"64\"",
                "\"hidden_size\": 1e12 | hidden_size must be a positive integer",
                "\"hidden_size\": 66 | num_attention_heads must divide hidden_size = 66, is 4",
                "\"num_key_value_heads\": 3 | num_key_value_heads must divide num_attention_heads = 4, is 3",
                "\"head_dim\": 7 | head_dim must be even, is 7",
                "\"rms_norm_eps\": 0 | rms_norm_eps must be a positive number, is 0",
                "\"hidden_act\": \"gelu\" | hidden_act must be silu, is gelu",
                "\"tie_word_embeddings\": \"yes\" | tie_word_embeddings must be true or false, is \"yes\"",
                "\"rope_scaling\": {\"rope_type\": \"dynamic\"} | rope_scaling.rope_type is dynamic, which is not supported",
                "\"rope_scaling\": {\"rope_type\": \"linear\"} | rope_scaling.factor is missing",
                "\"rope_scaling\": 3 | rope_scaling must be an object, is 3",
                "\"layer_types\": [\"full_attention\"] | layer_types must have num_hidden_layers = 3 entries, has 1",
                "\"quantization_config\": {\"quant_method\": \"awq\"} | quantised weights are not supported"
            })
    void mistakesAreNamedWithFileAndField(String fields, String message) {
        assertThatThrownBy(() -> read(with(fields)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(directory.resolve("config.json").toString())
                .hasMessageContaining(message.strip());
    }

    @Test
    void unknownArchitecturesAreAnsweredWithTheKnownOnes() {
        assertThatThrownBy(() -> read(with("\"architectures\": [\"X\"]")))
                .hasMessageContaining("LlamaForCausalLM, MistralForCausalLM, Qwen2ForCausalLM, Qwen3ForCausalLM");
    }

    @Test
    void filesThatAreMissingOrNotJsonAreRefused() {
        assertThatThrownBy(() -> ModelConfig.read(directory)).hasMessageContaining("config.json is missing");
        assertThatThrownBy(() -> read("{\"a\":")).hasMessageContaining("not valid JSON");
        assertThatThrownBy(() -> read("[]")).hasMessageContaining("not a JSON object");
    }
}
