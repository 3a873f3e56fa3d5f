package dev.vidda.node;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** One worker gets other models while its node runs: two names for the demo model, and one for a folder without any. */
@Timeout(120)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class WorkerLoadTest {
    private static final String WORKER = "/admin/workers/worker-0";
    private static final String DEMO = "models/demo";
    private static final int STREAMED = 60;

    private static RunningNode node;

    @BeforeAll
    static void start() throws Exception {
        node = new RunningNode(Map.of(
                "vidda.node.model.path",
                DEMO,
                "vidda.node.model.name",
                "first",
                "vidda.node.models",
                Map.of("first", DEMO, "second", DEMO)));
        node.ready();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    @Order(1)
    void anotherModelTakesOverWhenRunningStreamsHaveEnded() throws Exception {
        List<String> events = new ArrayList<>();
        try (BufferedReader stream = new BufferedReader(new InputStreamReader(
                node.stream(
                        "/v1/completions",
                        Map.of(
                                "model",
                                "first",
                                "prompt",
                                "one two",
                                "max_tokens",
                                STREAMED,
                                "ignore_eos",
                                true,
                                "stream",
                                true)),
                StandardCharsets.UTF_8))) {
            events.add(stream.readLine());
            assertThat(post(WORKER + "/load", Map.of("model", "second")).statusCode())
                    .isEqualTo(202);
            stream.lines().forEach(events::add);
        }

        assertThat(events).anyMatch(event -> event.contains("\"finish_reason\":\"length\""));
        assertThat(events).noneMatch(event -> event.contains("error"));
        assertThat(await("serving").path("model").asText()).isEqualTo("second");
        awaitServed("second");
        assertThat(complete("first").statusCode()).isEqualTo(503);
        assertThat(workers().findValuesAsText("model")).containsExactly("second");
    }

    @Test
    @Order(2)
    void anUnloadedWorkerHoldsNothingAndCanLoadAgain() throws Exception {
        assertThat(post(WORKER + "/unload", Map.of("deadlineMillis", 1000)).statusCode())
                .isEqualTo(202);
        assertThat(await("unloaded").path("model").asText()).isEmpty();
        awaitWorkers(0);
        assertThat(complete("second").statusCode()).isEqualTo(503);
        assertThat(post(WORKER + "/unload", Map.of()).statusCode()).isEqualTo(409);

        assertThat(post(WORKER + "/load", Map.of("model", "first")).statusCode())
                .isEqualTo(202);
        assertThat(await("serving").path("error").isNull()).isTrue();
        awaitServed("first");
        JsonNode blocks = workers().path(0).path("blocks");
        assertThat(blocks.path("committed").asInt()).isZero();
    }

    @Test
    @Order(3)
    void whatCannotBeDoneIsRefusedWithTheReason() throws Exception {
        assertThat(post(WORKER + "/load", Map.of("model", "first")).statusCode())
                .isEqualTo(409);
        HttpResponse<String> unknown = post(WORKER + "/load", Map.of("model", "/etc"));
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body()).contains("[first, second]");
        assertThat(post(WORKER + "/load", Map.of()).statusCode()).isEqualTo(400);
        assertThat(post(WORKER + "/unload", Map.of("deadlineMillis", -1)).statusCode())
                .isEqualTo(400);
        assertThat(post("/admin/workers/nobody/unload", Map.of()).statusCode()).isEqualTo(404);
        assertThat(node.get("/admin/workers/nobody").statusCode()).isEqualTo(404);
        assertThat(complete("first").statusCode()).isEqualTo(200);
    }

    private static JsonNode await(String state) throws Exception {
        while (true) {
            JsonNode now = RunningNode.JSON.readTree(node.get(WORKER).body());
            if (now.path("state").asText().equals(state)) {
                return now;
            }
        }
    }

    private static void awaitServed(String model) throws Exception {
        while (complete(model).statusCode() != 200) {
            Thread.onSpinWait();
        }
    }

    private static void awaitWorkers(int count) throws Exception {
        while (workers().size() != count) {
            Thread.onSpinWait();
        }
    }

    private static JsonNode workers() throws Exception {
        return RunningNode.JSON.readTree(node.get("/admin/workers").body());
    }

    private static HttpResponse<String> complete(String model) throws Exception {
        return post("/v1/completions", Map.of("model", model, "prompt", "a", "max_tokens", 1));
    }

    private static HttpResponse<String> post(String path, Map<String, ?> body) throws Exception {
        return node.send("POST", path, "", body);
    }
}
