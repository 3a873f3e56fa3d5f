package dev.vidda.gateway.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ModelTextTest {

    private static void copy(String fixture, Path directory) throws IOException {
        for (String file : new String[] {"tokenizer.json", "tokenizer_config.json"}) {
            Files.copy(Fixtures.directory(fixture).resolve(file), directory.resolve(file));
        }
    }

    @Test
    void aDirectoryIsReadWithOneCall(@TempDir Path directory) throws IOException {
        copy("byte-level", directory);
        Files.writeString(directory.resolve("chat_template.jinja"), "{{ messages[0].content }}{{ eos_token }}");
        Files.writeString(
                directory.resolve("generation_config.json"),
                "{\"temperature\": 0.7, \"top_p\": 0.8, \"top_k\": 20, \"min_p\": 0.1, \"repetition_penalty\": 1.05,"
                        + " \"max_new_tokens\": 99, \"eos_token_id\": [3, 4]}");
        Files.writeString(directory.resolve("config.json"), "{\"max_position_embeddings\": 4096, \"eos_token_id\": 9}");
        try (ModelText text = ModelText.load(directory)) {
            int end = text.tokenizer().tokens().idOf("<|im_end|>").orElseThrow();
            assertThat(text.eosIds()).containsExactlyInAnyOrder(end, 3, 4);
            assertThat(text.bosId()).isEmpty();
            assertThat(text.maxPositions()).hasValue(4096);
            assertThat(text.chatTemplate()).isPresent();
            assertThat(text.chatTemplate().orElseThrow().specialTokens()).containsEntry("eos_token", "<|im_end|>");
            assertThat(text.defaults())
                    .isEqualTo(new GenerationDefaults(
                            OptionalDouble.of(0.7),
                            OptionalInt.of(20),
                            OptionalDouble.of(0.8),
                            OptionalDouble.of(0.1),
                            OptionalDouble.of(1.05),
                            OptionalInt.of(99)));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "temperature, -1",
        "top_k, -1",
        "top_p, 0",
        "top_p, 1.5",
        "min_p, 2",
        "repetition_penalty, 0",
        "max_new_tokens, 0"
    })
    void adviceOutsideItsBoundsIsRefusedAtLoad(String field, String value, @TempDir Path directory) throws IOException {
        copy("byte-level", directory);
        Files.writeString(directory.resolve("generation_config.json"), "{\"" + field + "\": " + value + "}");
        assertThatExceptionOfType(ModelFileException.class)
                .isThrownBy(() -> ModelText.load(directory))
                .withMessageContaining("generation_config.json: " + field + " must be ")
                .withMessageContaining("but is " + value);
    }

    @Test
    void onlyTheTokenizerMustBeThere(@TempDir Path directory) throws IOException {
        assertThatExceptionOfType(ModelFileException.class)
                .isThrownBy(() -> ModelText.load(directory))
                .withMessageContaining("tokenizer.json");
        Files.copy(Fixtures.directory("byte-level").resolve("tokenizer.json"), directory.resolve("tokenizer.json"));
        try (ModelText text = ModelText.load(directory)) {
            assertThat(text.eosIds()).isEmpty();
            assertThat(text.bosId()).isEmpty();
            assertThat(text.maxPositions()).isEmpty();
            assertThat(text.chatTemplate()).isEmpty();
            assertThat(text.defaults()).isEqualTo(GenerationDefaults.NONE);
        }
    }

    @Test
    void endTokensComeFromTheModelsConfigWhereNothingElseNamesThem(@TempDir Path directory) throws IOException {
        copy("sentencepiece", directory);
        Files.writeString(
                directory.resolve("config.json"),
                "{\"text_config\": {\"eos_token_id\": [5, 6], \"max_position_embeddings\": 8}}");
        Files.writeString(directory.resolve("generation_config.json"), "{}");
        try (ModelText text = ModelText.load(directory)) {
            int end = text.tokenizer().tokens().idOf("</s>").orElseThrow();
            assertThat(text.eosIds()).containsExactlyInAnyOrder(end, 5, 6);
            assertThat(text.bosId())
                    .hasValue(text.tokenizer().tokens().idOf("<s>").orElseThrow());
            assertThat(text.maxPositions()).hasValue(8);
        }
    }

    @Test
    void wrongValuesAreRefusedWithTheFile(@TempDir Path directory) throws IOException {
        copy("byte-level", directory);
        Path config = directory.resolve("generation_config.json");
        Files.writeString(config, "{\"eos_token_id\": \"end\"}");
        assertThatExceptionOfType(ModelFileException.class)
                .isThrownBy(() -> ModelText.load(directory))
                .withMessageStartingWith(config.toString())
                .withMessageContaining("eos_token_id is \"end\"");
        Files.writeString(config, "[]");
        assertThatExceptionOfType(ModelFileException.class)
                .isThrownBy(() -> ModelText.load(directory))
                .withMessageContaining("is not a JSON object");
    }
}
