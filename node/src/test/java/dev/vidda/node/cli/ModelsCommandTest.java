package dev.vidda.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

final class ModelsCommandTest {
    /** 2 layers, keys and values of 2 heads of 8, 2 bytes each. */
    private static final int BYTES_PER_TOKEN = 2 * 2 * 2 * 8 * 2;

    private static final int WEIGHT_BYTES = TinyCheckpoint.VOCABULARY * TinyCheckpoint.HIDDEN * 2;

    @TempDir
    Path folder;

    @Test
    void sizesFollowFromTheConfiguration() throws IOException {
        Path model = TinyCheckpoint.write(folder.resolve("tiny"));
        long memory = WEIGHT_BYTES + 10L * 16 * BYTES_PER_TOKEN;

        JsonNode tiny = json("models", model.toString(), "--memory", Long.toString(memory));

        assertThat(tiny.path("architecture").asText()).isEqualTo("Qwen3ForCausalLM");
        assertThat(tiny.path("dtype").asText()).isEqualTo("bf16");
        assertThat(tiny.path("weight_bytes").asInt()).isEqualTo(WEIGHT_BYTES);
        assertThat(tiny.path("kv_bytes_per_token").asInt()).isEqualTo(BYTES_PER_TOKEN);
        assertThat(tiny.path("kv_blocks").asInt()).isEqualTo(10);
        assertThat(tiny.path("longest_context").asInt()).isEqualTo(161);
        assertThat(tiny.path("full_sequences").asInt()).isZero();
    }

    @Test
    void aSmallerElementTypeHoldsMore() throws IOException {
        Path model = TinyCheckpoint.write(folder.resolve("tiny"));

        JsonNode tiny = json("models", model.toString(), "--memory", "1MiB", "--kv-dtype", "fp8");

        assertThat(tiny.path("kv_bytes_per_token").asInt()).isEqualTo(BYTES_PER_TOKEN / 2);
        assertThat(tiny.path("longest_context").asInt()).isEqualTo(1000);
    }

    @Test
    void oneCheckpointIsDescribedInWords() throws IOException {
        Path model = TinyCheckpoint.write(folder.resolve("tiny"));

        Outcome outcome = Outcome.of("models", model.toString(), "--memory", "1MiB");

        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out())
                .contains("Qwen3ForCausalLM")
                .contains("2.00 KiB (bf16)")
                .contains("1,000 tokens of context")
                .contains("128 bytes a token")
                .contains("full context, 8 at a time");
    }

    @Test
    void memoryThatDoesNotHoldTheWeightsIsSaid() throws IOException {
        Path model = TinyCheckpoint.write(folder.resolve("tiny"));

        assertThat(Outcome.of("models", model.toString(), "--memory", "1KiB").out())
                .contains("too little, the weights alone need 2.00 KiB");
    }

    @Test
    void aFolderOfCheckpointsIsATable() throws IOException {
        TinyCheckpoint.write(folder.resolve("a"));
        Path broken = TinyCheckpoint.write(folder.resolve("b"));
        Files.writeString(broken.resolve("config.json"), "{\"architectures\": [\"GPT2LMHeadModel\"]}");
        Files.createDirectory(folder.resolve("empty"));

        Outcome outcome = Outcome.of("models", folder.toString(), "--memory", "1MiB");

        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out())
                .hasLineCount(3)
                .contains("Qwen3ForCausalLM")
                .contains("cannot be served")
                .contains("GPT2LMHeadModel, which is not supported");
    }

    @Test
    void whatIsNoCheckpointIsAnError() throws IOException {
        assertThat(Outcome.of("models", folder.toString()).err()).startsWith("vidda: no checkpoint in");
        assertThat(Outcome.of("models", folder.resolve("nowhere").toString()).err())
                .contains("nowhere is not a folder");
        Path broken = TinyCheckpoint.write(folder.resolve("b"));
        Files.write(broken.resolve("model.safetensors"), new byte[3]);
        Outcome truncated = Outcome.of("models", broken.toString());
        assertThat(truncated.exitCode()).isEqualTo(1);
        assertThat(truncated.err()).contains("model.safetensors").hasLineCount(1);
        assertThat(Outcome.of("models", broken.toString(), "--memory", "much").exitCode())
                .isEqualTo(2);
    }

    private static JsonNode json(String... args) throws IOException {
        String[] all = java.util.Arrays.copyOf(args, args.length + 1);
        all[args.length] = "--json";
        Outcome outcome = Outcome.of(all);
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        return new ObjectMapper().readTree(outcome.out()).path(0);
    }
}
