package dev.vidda.node;

import com.fasterxml.jackson.databind.JsonNode;
import dev.vidda.node.chat.ChatAnswer;
import dev.vidda.node.chat.ChatClient;
import dev.vidda.node.chat.ChatMessage;
import dev.vidda.node.chat.ChatOptions;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The whole server in one JVM, over HTTP, with the model that ships. Its KV pool holds little more than one full context. */
@Timeout(120)
final class NodeTest {
    private static final int FULL_CONTEXT_TOKENS = 1900;
    private static final ChatOptions GREEDY = new ChatOptions(
            Optional.empty(), OptionalDouble.of(0), OptionalDouble.empty(), OptionalInt.of(200), OptionalLong.empty());

    private static RunningNode node;

    @BeforeAll
    static void start() throws Exception {
        node = new RunningNode(Map.of("vidda.node.model.kv-memory", "17MiB"));
        node.ready();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void itSaysWhatItServes() throws Exception {
        NodeReady ready = node.ready();

        assertThat(node.get("/health").statusCode()).isEqualTo(200);
        assertThat(RunningNode.JSON
                        .readTree(node.get("/v1/models").body())
                        .path("data")
                        .findValuesAsText("id"))
                .contains("demo");
        assertThat(ready.workers().getFirst().model()).isEqualTo("demo");
        assertThat(ready.workers().getFirst().maxModelLength()).isEqualTo(2048);
        assertThat(ready.workers().getFirst().kvBlocks()
                        * ready.workers().getFirst().kvShape().bytesPerBlock())
                .isLessThanOrEqualTo(17L << 20);
    }

    @Test
    void itStillSaysWhatItLoadedWhenItHasStarted() throws Exception {
        node.ready();
        HttpResponse<String> response = node.get("/startupz");
        JsonNode progress = RunningNode.JSON.readTree(response.body());

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(progress.path("phase").textValue()).isEqualTo("serving");
        assertThat(progress.path("totalBytes").longValue())
                .isBetween(Files.size(RunningNode.ROOT.resolve("models/demo/model.safetensors")) / 2, 1L << 30);
        assertThat(progress.path("loadedBytes").longValue())
                .isEqualTo(progress.path("totalBytes").longValue());
    }

    @Test
    void heldOutProblemsAreSolvedInAStream() throws Exception {
        List<JsonNode> problems = new ArrayList<>();
        for (String line : Files.readAllLines(RunningNode.ROOT.resolve("models/demo/heldout.jsonl"))) {
            JsonNode problem = RunningNode.JSON.readTree(line);
            if (problem.path("id").asText().matches("(linear|symmetric_sum|causal)-(en|zh)-0")) {
                problems.add(problem);
            }
        }
        assertThat(problems).hasSize(6);
        for (JsonNode problem : problems) {
            ChatAnswer answer =
                    ask(problem.path("messages").path(0).path("content").asText());
            assertThat(answer.text())
                    .as(problem.toString())
                    .endsWith(problem.path("answer").asText());
            assertThat(answer.finishReason()).isEqualTo("stop");
            assertThat(answer.tokens()).isPositive();
        }
    }

    @Test
    void aCompletionContinuesText() throws Exception {
        JsonNode answer = node.post(
                "/v1/completions",
                Map.of("model", "demo", "prompt", "Equation: 3x + 5 = 20", "max_tokens", 8, "temperature", 0));

        assertThat(answer.path("choices").path(0).path("text").asText()).isNotEmpty();
        assertThat(answer.path("usage").path("completion_tokens").asInt()).isEqualTo(8);
    }

    /** Each stream needs nearly the whole pool, so the next one starts only once the one before gave back its blocks. */
    @Test
    void clientsThatLeaveGiveBackTheirBlocks() throws Exception {
        for (int i = 0; i < 12; i++) {
            try (InputStream stream = node.stream(
                    "/v1/completions",
                    Map.of(
                            "model",
                            "demo",
                            "prompt",
                            "x",
                            "stream",
                            true,
                            "ignore_eos",
                            true,
                            "max_tokens",
                            FULL_CONTEXT_TOKENS))) {
                assertThat(stream.readNBytes(6)).as("stream %d", i).asString().isEqualTo("data: ");
            }
        }
        assertThat(ask("Solve 3x + 5 = 20.").text()).endsWith("x = 5");
    }

    @Test
    void manyStreamsAreEachWholeAndTheSameAsAlone() throws Exception {
        List<String> questions = List.of(
                "Solve 3x + 5 = 20.", "Solve 9y + 23 = 68.", "P -> Q, Q -> R, ¬R. Is P true?", "解方程 x^2 - 5x + 6 = 0");
        List<ChatAnswer> alone = new ArrayList<>();
        for (String question : questions) {
            alone.add(ask(question));
        }
        List<Callable<ChatAnswer>> tasks = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            String question = questions.get(i % questions.size());
            tasks.add(() -> ask(question));
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<ChatAnswer>> answers = threads.invokeAll(tasks);
            for (int i = 0; i < answers.size(); i++) {
                ChatAnswer expected = alone.get(i % questions.size());
                assertThat(answers.get(i).get().text()).as("stream %d", i).isEqualTo(expected.text());
                assertThat(answers.get(i).get().tokens()).as("stream %d", i).isEqualTo(expected.tokens());
            }
        }
    }

    @Test
    void whatCannotFitIsRefusedWithTheNumbers() {
        assertThatThrownBy(() ->
                        node.post("/v1/completions", Map.of("model", "demo", "prompt", Collections.nCopies(3000, 7))))
                .hasMessageContaining("HTTP 400")
                .hasMessageContaining("3000")
                .hasMessageContaining("2048");
    }

    @Test
    void aTakenPortIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RunningNode other = new RunningNode(Map.of("vidda.gateway.port", taken.getLocalPort()))) {
            assertThatThrownBy(other::ready)
                    .hasCauseInstanceOf(NodeException.class)
                    .hasMessageContaining("cannot listen on 127.0.0.1:" + taken.getLocalPort());
        }
    }

    @Test
    void aModelThatIsNotThereIsNamed() {
        try (RunningNode other = new RunningNode(Map.of("vidda.node.model.path", "/no/such/model"))) {
            assertThatThrownBy(other::ready).hasMessageContaining("/no/such/model");
        }
    }

    @Test
    void stoppingLeavesNoThreads() throws Exception {
        List<Thread> before = nodeThreads();
        RunningNode other = new RunningNode(Map.of("vidda.node.model.kv-memory", "4MiB"));
        other.ready();

        other.close();

        for (Thread thread : nodeThreads()) {
            if (!before.contains(thread)) {
                assertThat(thread.join(Duration.ofSeconds(20)))
                        .as("%s ended", thread)
                        .isTrue();
            }
        }
    }

    private static List<Thread> nodeThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("vidda-"))
                .toList();
    }

    private static ChatAnswer ask(String question) throws Exception {
        try (ChatClient client = new ChatClient(node.uri("/v1"), Optional.empty())) {
            return client.ask("demo", List.of(new ChatMessage("user", question)), GREEDY, piece -> {});
        }
    }
}
