package dev.vidda.worker.model;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The checkpoints under {@code src/test/resources/golden}, written by {@code tools/oracle/make_test_checkpoints.py}. */
class GoldenTest {
    static final Path DIRECTORY = Path.of("src/test/resources/golden");

    @ParameterizedTest
    @ValueSource(strings = {"qwen3", "qwen2", "llama3", "mistral", "llama-fp16-biases", "qwen3-fp32-yarn-sharded"})
    void logitsAndGreedyTokensAgreeWithTheReference(String name) throws IOException {
        assertThat(Golden.check(DIRECTORY.resolve(name), 2)).isLessThan(1e-4);
    }
}
