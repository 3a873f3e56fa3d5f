package dev.vidda.node.chat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(30)
final class ChatTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private FakeServer server;
    private ChatClient client;

    @BeforeEach
    void start() throws IOException {
        server = new FakeServer();
        client = new ChatClient(server.uri(), Optional.empty());
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void theModelIsTheServersFirst() throws IOException {
        assertThat(client.firstModel()).isEqualTo("mirror");
    }

    @Test
    void turnsAreAnsweredInOrderAndRemembered() throws IOException {
        talk("abc\ndef\n/exit\nnever\n");

        assertThat(out).hasToString(String.format("cba%nfed%n"));
        assertThat(server.requests()).hasSize(2);
        assertThat(server.requests().getLast().path("messages").findValuesAsText("content"))
                .containsExactly("abc", "cba", "def");
        assertThat(server.requests().getLast().path("messages").findValuesAsText("role"))
                .containsExactly("user", "assistant", "user");
    }

    @Test
    void resetForgetsTheConversation() throws IOException {
        talk("abc\n/reset\ndef");

        assertThat(server.requests().getLast().path("messages")).hasSize(1);
    }

    @Test
    void aBackslashContinuesTheTurn() throws IOException {
        talk("ab\\\ncd\n");

        assertThat(server.requests().getFirst().path("messages").findValuesAsText("content"))
                .containsExactly("ab\ncd");
    }

    @Test
    void aRefusedTurnIsExplainedAndForgotten() throws IOException {
        talk("refuse\nabc\n");

        assertThat(err.toString()).contains("error: HTTP 400: the prompt is too long by 7 tokens");
        assertThat(server.requests().getLast().path("messages")).hasSize(1);
    }

    @Test
    void anErrorInTheMiddleIsNotAnAnswer() {
        assertThatThrownBy(() -> ask("fail")).isInstanceOf(ChatException.class).hasMessage("the worker is gone");
        assertThatThrownBy(() -> ask("break"))
                .isInstanceOf(ChatException.class)
                .hasMessageContaining("in the middle of the answer");
    }

    @Test
    void cancellingEndsTheAnswerButNotTheConversation() throws Exception {
        ChatAnswer answer = client.ask(
                "mirror", List.of(new ChatMessage("user", "forever")), ChatOptions.DEFAULT, piece -> client.cancel());

        assertThat(answer.cancelled()).isTrue();
        assertThat(answer.text()).startsWith("ever ");
        assertThat(server.clientLeft().await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(client.cancel()).isFalse();
        assertThat(ask("abc").text()).isEqualTo("cba");
    }

    @Test
    void optionsReachTheServer() throws IOException {
        ChatOptions options = new ChatOptions(
                Optional.of("be brief"),
                OptionalDouble.of(0.5),
                OptionalDouble.of(0.9),
                OptionalInt.of(12),
                OptionalLong.of(7));

        client.ask("mirror", List.of(new ChatMessage("user", "x")), options, piece -> {});

        assertThat(server.requests().getFirst().toString())
                .contains("\"temperature\":0.5")
                .contains("\"top_p\":0.9")
                .contains("\"max_completion_tokens\":12")
                .contains("\"seed\":7")
                .contains("{\"role\":\"system\",\"content\":\"be brief\"}");
    }

    @Test
    void aSummaryCountsTokensAndTime() {
        assertThat(new ChatAnswer("x", "stop", 5, 11, 0.5, 1.5).summary())
                .isEqualTo("11 tokens, 10.0 tokens/s, first after 0.50 s");
        assertThat(new ChatAnswer("x", "length", 5, 1, 0.5, 0.5).summary())
                .isEqualTo("1 tokens, first after 0.50 s, cut off at the token limit");
        assertThat(new ChatAnswer("x", "cancelled", 0, 0, 0.5, 0.5).summary()).isEqualTo("0.50 s, cancelled");
    }

    @Test
    void noServerIsAClearError() {
        try (ChatClient lost = new ChatClient(URI.create("http://127.0.0.1:1"), Optional.empty())) {
            assertThatThrownBy(lost::firstModel).hasMessage("no server answers at http://127.0.0.1:1/v1");
        }
    }

    private ChatAnswer ask(String turn) throws IOException {
        return client.ask("mirror", List.of(new ChatMessage("user", turn)), ChatOptions.DEFAULT, piece -> {});
    }

    private void talk(String turns) throws IOException {
        ChatLoop.Screen screen =
                new ChatLoop.Screen(new PrintWriter(out, true), new PrintWriter(err, true), true, true);
        new ChatLoop(client, "mirror", ChatOptions.DEFAULT, screen).run(new BufferedReader(new StringReader(turns)));
    }
}
