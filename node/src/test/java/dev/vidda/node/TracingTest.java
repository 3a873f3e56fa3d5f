package dev.vidda.node;

import com.fasterxml.jackson.databind.JsonNode;
import dev.vidda.node.trace.CollectedSpan;
import dev.vidda.node.trace.FakeCollector;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** One request with the demo model, through gateway, scheduler and worker, as a collector sees it. */
@Timeout(120)
final class TracingTest {
    private static final String CLIENT_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String CLIENT_SPAN = "00f067aa0ba902b7";
    private static final String MARKER = "xylophone-marker";
    private static final Set<String> ATTRIBUTES = Set.of(
            "error.type",
            "gen_ai.operation.name",
            "gen_ai.provider.name",
            "gen_ai.request.choice.count",
            "gen_ai.request.max_tokens",
            "gen_ai.request.model",
            "gen_ai.request.temperature",
            "gen_ai.request.top_p",
            "gen_ai.response.finish_reasons",
            "gen_ai.response.id",
            "gen_ai.usage.input_tokens",
            "gen_ai.usage.output_tokens",
            "http.request.method",
            "http.route",
            "vidda.abandoned",
            "vidda.cached_tokens",
            "vidda.kv_blocks",
            "vidda.preemptions",
            "vidda.queue.position",
            "vidda.request.id",
            "vidda.worker.id");

    private static FakeCollector collector;
    private static RunningNode node;
    private static HttpClient client;

    @BeforeAll
    static void start() throws Exception {
        collector = new FakeCollector();
        node = new RunningNode(Map.of(
                "vidda.tracing.enabled",
                true,
                "vidda.tracing.endpoint",
                collector.endpoint(),
                "vidda.tracing.sampling-ratio",
                0,
                "vidda.tracing.export-interval",
                "20ms",
                "vidda.tracing.headers",
                "x-collector-key=secret"));
        node.ready();
        client = HttpClient.newHttpClient();
    }

    @AfterAll
    static void stop() {
        client.shutdownNow();
        node.close();
        collector.close();
    }

    @Test
    void aClientsTraceGoesThroughGatewaySchedulerAndWorkerWithoutItsText() throws Exception {
        JsonNode unrecorded = chat("00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-" + CLIENT_SPAN + "-00");
        JsonNode answer = chat("00-" + CLIENT_TRACE + "-" + CLIENT_SPAN + "-01");

        List<CollectedSpan> spans = of(CLIENT_TRACE, 5);
        assertThat(spans)
                .allSatisfy(span ->
                        assertThat(ATTRIBUTES).containsAll(span.attributes().keySet()));
        assertThat(collector.await(some -> true))
                .noneMatch(span -> span.traceId().startsWith("aaaa"));
        CollectedSpan request = named(spans, "POST /v1/chat/completions");
        assertThat(request.parentId()).isEqualTo(CLIENT_SPAN);
        CollectedSpan admission = named(spans, "admission");
        assertThat(admission.parentId()).isEqualTo(request.spanId());
        assertThat(named(spans, "schedule").parentId()).isEqualTo(admission.spanId());
        assertThat(named(spans, "prefill").parentId()).isEqualTo(request.spanId());
        assertThat(named(spans, "decode").parentId()).isEqualTo(request.spanId());
        assertThat(spans).hasSize(5);

        assertThat(request.attributes())
                .containsEntry("gen_ai.operation.name", "chat")
                .containsEntry("gen_ai.request.model", answer.path("model").asText())
                .containsEntry("gen_ai.response.id", answer.path("id").asText())
                .containsEntry("gen_ai.usage.input_tokens", usage(answer, "prompt_tokens"))
                .containsEntry("gen_ai.usage.output_tokens", usage(answer, "completion_tokens"))
                .containsEntry("gen_ai.response.finish_reasons", "[length]");
        assertThat(named(spans, "schedule").attributes()).containsEntry("vidda.worker.id", "worker-0");
        assertThat(collector.raw()).doesNotContain(MARKER);
        assertThat(collector.raw())
                .doesNotContain(answer.at("/choices/0/message/content").asText().strip());
        assertThat(collector.keys()).containsOnly("secret");
        assertThat(unrecorded.path("id").asText())
                .isNotEqualTo(answer.path("id").asText());
    }

    @Test
    void theSpansOfAClientThatLeavesEndToo() throws Exception {
        String trace = "b".repeat(32);
        HttpRequest request = request(
                "00-" + trace + "-" + CLIENT_SPAN + "-01",
                Map.of("prompt", "a", "max_tokens", 1500, "ignore_eos", true, "stream", true),
                "/v1/completions");
        try (InputStream stream =
                client.send(request, HttpResponse.BodyHandlers.ofInputStream()).body()) {
            assertThat(stream.read()).isPositive();
        }

        List<CollectedSpan> spans = of(trace, 5);
        assertThat(named(spans, "POST /v1/completions").attributes())
                .containsEntry("vidda.abandoned", "true")
                .containsEntry("gen_ai.operation.name", "text_completion");
        assertThat(spans).extracting(CollectedSpan::name).contains("schedule", "decode");
    }

    @Test
    void aRequestThatIsRefusedHasASpanThatSaysWhy() throws Exception {
        String trace = "c".repeat(32);
        HttpRequest request = request(
                "00-" + trace + "-" + CLIENT_SPAN + "-01",
                Map.of("prompt", MARKER, "max_tokens", 1, "temperature", -1),
                "/v1/completions");
        assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(400);

        List<CollectedSpan> spans = of(trace, 1);
        assertThat(spans).hasSize(1);
        CollectedSpan span = named(spans, "POST /v1/completions");
        assertThat(span.parentId()).isEqualTo(CLIENT_SPAN);
        assertThat(span.attributes()).containsKeys("error.type", "vidda.request.id", "gen_ai.operation.name");
        assertThat(ATTRIBUTES).containsAll(span.attributes().keySet());
        assertThat(collector.raw()).doesNotContain(MARKER);
    }

    /** Waits for so many spans of a trace. */
    private static List<CollectedSpan> of(String trace, int count) throws InterruptedException {
        List<CollectedSpan> all = collector.await(some ->
                some.stream().filter(span -> span.traceId().equals(trace)).count() >= count);
        return all.stream().filter(span -> span.traceId().equals(trace)).toList();
    }

    private static CollectedSpan named(List<CollectedSpan> spans, String name) {
        return spans.stream()
                .filter(span -> span.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no span " + name + " in " + spans));
    }

    private static String usage(JsonNode answer, String key) {
        return answer.path("usage").path(key).asText();
    }

    private static JsonNode chat(String traceParent) throws Exception {
        Map<String, ?> body = Map.of(
                "max_tokens",
                9,
                "ignore_eos",
                true,
                "seed",
                4,
                "messages",
                List.of(Map.of("role", "user", "content", "Say " + MARKER + ".")));
        HttpResponse<String> response =
                client.send(request(traceParent, body, "/v1/chat/completions"), HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return RunningNode.JSON.readTree(response.body());
    }

    private static HttpRequest request(String traceParent, Map<String, ?> body, String path) throws Exception {
        return HttpRequest.newBuilder(node.uri(path))
                .header("Content-Type", "application/json")
                .header("traceparent", traceParent)
                .POST(HttpRequest.BodyPublishers.ofByteArray(RunningNode.JSON.writeValueAsBytes(body)))
                .build();
    }
}
