package dev.vidda.node.hub;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class FileFilterTest {
    @Test
    void aModelIsItsWeightsTokenizerAndConfiguration() {
        List<String> files = List.of(
                ".gitattributes",
                "README.md",
                "config.json",
                "chat_template.jinja",
                "consolidated.safetensors",
                "merges.txt",
                "model-00001-of-00002.safetensors",
                "model.safetensors.index.json",
                "onnx/model.onnx",
                "onnx/config.json",
                "original/consolidated.00.pth",
                "pytorch_model.bin",
                "tokenizer.model");

        assertThat(files.stream().filter(FileFilter.MODEL::accepts))
                .containsExactly(
                        "config.json",
                        "chat_template.jinja",
                        "merges.txt",
                        "model-00001-of-00002.safetensors",
                        "model.safetensors.index.json",
                        "tokenizer.model");
    }

    @Test
    void patternsTreatEverythingElseLiterally() {
        FileFilter filter = new FileFilter(List.of("a.?son", "[x]"), List.of());

        assertThat(Stream.of("a.json", "axjson", "[x]", "x").filter(filter::accepts))
                .containsExactly("a.json", "[x]");
    }

    @Test
    void repositoriesAreNamedByOwnerNameAndRevision() {
        assertThat(HubRepository.parse("Qwen/Qwen3-0.6B")).isEqualTo(new HubRepository("Qwen/Qwen3-0.6B", "main"));
        assertThat(HubRepository.parse("gpt2@v1")).isEqualTo(new HubRepository("gpt2", "v1"));
        for (String bad : List.of("", "a/b/c", "../x", "a b", "-x/y", "a/b@", "a/b@x y")) {
            assertThatThrownBy(() -> HubRepository.parse(bad)).as(bad).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
