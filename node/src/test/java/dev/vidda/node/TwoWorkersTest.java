package dev.vidda.node;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** A node with two devices has a worker on each. */
@Timeout(120)
final class TwoWorkersTest {
    private static final int REQUESTS = 16;
    private static final int TOKENS = 80;

    private static RunningNode node;

    @BeforeAll
    static void start() throws Exception {
        node = new RunningNode(Map.of(
                "vidda.node.model.device",
                "cpu",
                "vidda.node.model.device-index",
                "0,1",
                "vidda.node.model.threads",
                1,
                "vidda.node.model.kv-memory",
                "16MiB"));
        node.ready();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void bothServeAndTheirTokensAreThoseOfOne() throws Exception {
        assertThat(node.ready().workers()).extracting("workerId").containsExactly("worker-0", "worker-1");
        Set<String> texts = new HashSet<>();
        List<Future<JsonNode>> answers = new ArrayList<>();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < REQUESTS; i++) {
                answers.add(clients.submit(() -> node.post(
                        "/v1/completions",
                        Map.of(
                                "model",
                                "demo",
                                "prompt",
                                "Solve 3x + 5 = 20.",
                                "temperature",
                                0.8,
                                "seed",
                                7,
                                "max_tokens",
                                TOKENS,
                                "ignore_eos",
                                true))));
            }
            for (Future<JsonNode> answer : answers) {
                texts.add(answer.get().at("/choices/0/text").asText());
            }
        }
        assertThat(texts).hasSize(1);
        assertThat(generatedByEach()).hasSize(2).doesNotContain(0L);
    }

    /** Tokens, once all are reported. */
    private static List<Long> generatedByEach() throws Exception {
        while (true) {
            JsonNode workers = RunningNode.JSON
                    .readTree(node.get("/admin/capacity").body())
                    .at("/workers");
            List<Long> generated = new ArrayList<>();
            workers.forEach(
                    worker -> generated.add(worker.at("/tokens/generated").asLong()));
            if (generated.stream().mapToLong(Long::longValue).sum() == (long) REQUESTS * TOKENS) {
                return generated;
            }
        }
    }
}
