package dev.vidda.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

final class PromptsTest {
    @TempDir
    private Path directory = Path.of("");

    @Test
    void aLineIsAChatATextOrTokenIds() throws IOException {
        Path file = write(
                "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"answer\":\"x = 3\"}",
                "",
                "{\"prompt\":\"once\",\"answer\":\"upon\"}",
                "{\"prompt\":[1,2,3],\"answer\":\"4\"}");
        List<Prompt> prompts = Prompts.read(file, Optional.of("answer"));
        assertThat(prompts)
                .extracting(Prompt::endpoint)
                .containsExactly(Endpoint.CHAT, Endpoint.COMPLETIONS, Endpoint.COMPLETIONS);
        assertThat(prompts)
                .extracting(Prompt::expected)
                .containsExactly(Optional.of("x = 3"), Optional.of("upon"), Optional.of("4"));
        assertThat(prompts)
                .extracting(Prompt::tokens)
                .containsExactly(OptionalInt.empty(), OptionalInt.empty(), OptionalInt.of(3));
        assertThat(Prompts.read(file, Optional.empty()))
                .allMatch(prompt -> prompt.expected().isEmpty());
    }

    @Test
    void aLineThatIsNoPromptIsNamed() throws IOException {
        Path noJson = write("{\"prompt\":\"a\"}", "{\"prompt\":");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Prompts.read(noJson, Optional.empty()))
                .withMessageContaining("line 2 is not JSON");
        Path noPrompt = write("{\"text\":\"a\"}");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Prompts.read(noPrompt, Optional.empty()))
                .withMessageContaining("line 1 has neither messages nor a prompt");
        Path noAnswer = write("{\"prompt\":\"a\"}");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Prompts.read(noAnswer, Optional.of("answer")))
                .withMessageContaining("line 1 has no text in the field answer");
        Path empty = write("");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Prompts.read(empty, Optional.empty()))
                .withMessageContaining("has no prompts");
    }

    @Test
    void aSyntheticPromptIsTheSameForTheSameSeedAndIndex() {
        IntFunction<Prompt> prompts = new Datasets.Random(50, 0, 0, 1, 100, 7).prompts();
        assertThat(prompts.apply(3))
                .isEqualTo(new Datasets.Random(50, 0, 0, 1, 100, 7).prompts().apply(3));
        assertThat(prompts.apply(3)).isNotEqualTo(prompts.apply(4));
        assertThat(prompts.apply(3))
                .isNotEqualTo(new Datasets.Random(50, 0, 0, 1, 100, 8).prompts().apply(3));
        assertThat(prompts.apply(3).tokens()).hasValue(50);
        assertThat(prompts.apply(3).content()).hasSize(50).allMatch(id -> id.intValue() >= 0 && id.intValue() < 100);
    }

    @Test
    void theLastLineHoldsTheAnswerWithOrWithoutALabel() {
        assertThat(ExpectedAnswer.isRight("x = 3", "2x = 6\nAnswer: x = 3\n")).isTrue();
        assertThat(ExpectedAnswer.isRight("x = 3", "2x = 6\n答案：x = 3")).isTrue();
        assertThat(ExpectedAnswer.isRight("x = 3", "x = 3")).isTrue();
        assertThat(ExpectedAnswer.isRight("2x = 6\nAnswer: x = 3", "so\nAnswer: x = 3"))
                .isTrue();
        assertThat(ExpectedAnswer.isRight("x = 3", "Answer: x = 3\nor not")).isFalse();
        assertThat(ExpectedAnswer.isRight("x = 3", "Answer: x = 31")).isFalse();
        assertThat(ExpectedAnswer.isRight("x = 3", "")).isFalse();
    }

    private Path write(String... lines) throws IOException {
        return Files.write(directory.resolve("prompts.jsonl"), List.of(lines));
    }
}
