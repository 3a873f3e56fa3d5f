package dev.vidda.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DatasetsTest {
    private static final String SHARE_GPT = """
            [{"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}, {"from": "human", "value": "c"}]},
             {"conversations": [{"from": "gpt", "value": "x"}, {"from": "human", "value": "y"}]},
             {"conversations": [{"from": "user", "value": "d"}]}]""";

    @TempDir
    private Path directory = Path.of("");

    @Test
    void aConversationsTurnsFollowEachOtherWithAllBefore() throws IOException {
        Path file = Files.writeString(directory.resolve("s.json"), SHARE_GPT);

        assertThat(Datasets.shareGpt(file, 1))
                .extracting(p -> p.content().size())
                .containsExactly(1, 1);
        List<Prompt> sessions = Datasets.shareGpt(file, 9);
        assertThat(sessions).extracting(p -> p.content().size()).containsExactly(1, 3, 1);
        assertThat(sessions.get(1).content().toString())
                .isEqualTo(
                        "[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":\"b\"},{\"role\":\"user\",\"content\":\"c\"}]");
    }

    @Test
    void aFileWithoutConversationsIsRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("s.json"), "[]");

        assertThatThrownBy(() -> Datasets.shareGpt(file, 1)).hasMessageContaining("s.json");
    }

    @Test
    void randomPromptsShareTheirBeginningsInTurnAndVaryInLength() {
        var prompts = new Datasets.Random(100, 0.5, 32, 2, 1000, 7).prompts();
        List<Prompt> first = IntStream.range(0, 50).mapToObj(prompts).toList();

        assertThat(first)
                .allSatisfy(prompt -> assertThat(prompt.content().size()).isBetween(32 + 50, 32 + 150));
        assertThat(first.stream().mapToInt(p -> p.content().size()).distinct().count())
                .isGreaterThan(20);
        assertThat(beginning(first.get(0))).isEqualTo(beginning(first.get(2))).isNotEqualTo(beginning(first.get(1)));
        assertThat(first.get(0).content()).isNotEqualTo(first.get(2).content());
        assertThat(prompts.apply(3).content()).isEqualTo(first.get(3).content());
    }

    @Test
    void targetsAreRead() {
        assertThat(Goodput.parse(List.of("ttft:500", "tpot:50")).limits()).hasSize(2);
        assertThatThrownBy(() -> Goodput.parse(List.of("ttft=500"))).hasMessageContaining("ttft=500");
        assertThatThrownBy(() -> Goodput.parse(List.of("itl:5"))).hasMessageContaining("itl:5");
    }

    private static List<Integer> beginning(Prompt prompt) {
        return IntStream.range(0, 32)
                .mapToObj(i -> prompt.content().get(i).asInt())
                .toList();
    }
}
