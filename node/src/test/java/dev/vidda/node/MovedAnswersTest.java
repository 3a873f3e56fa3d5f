package dev.vidda.node;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

/** An answer that moves to another worker in the middle is the one that would have come without, whatever it is made of. */
@Timeout(120)
final class MovedAnswersTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final int EVENTS_BEFORE = 5;
    private static final Map<String, Object> NUMBERS = Map.of(
            "type",
            "object",
            "properties",
            Map.of("n", Map.of("type", "array", "items", Map.of("type", "integer"), "minItems", 150)),
            "required",
            List.of("n"),
            "additionalProperties",
            false);

    private static RunningNode node;

    @BeforeAll
    static void start() throws Exception {
        node = new RunningNode(Map.of(
                "vidda.node.model.device", "cpu",
                "vidda.node.model.device-index", "0,1",
                "vidda.node.model.threads", 1,
                "vidda.node.model.kv-memory", "32MiB"));
        node.ready();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    static Stream<Arguments> answers() {
        Map<String, Object> tool = Map.of(
                "type", "function", "function", Map.of("name", "add", "description", "Adds.", "parameters", NUMBERS));
        return Stream.of(
                argumentSet(
                        "samples with log probabilities",
                        CHAT,
                        chat(Map.of(
                                "n", 3, "logprobs", true, "top_logprobs", 2, "max_tokens", 400, "ignore_eos", true))),
                argumentSet(
                        "completions with log probabilities and penalties",
                        "/v1/completions",
                        body(Map.of(
                                "prompt",
                                "Solve 3x + 5 = 20.",
                                "n",
                                2,
                                "logprobs",
                                2,
                                "frequency_penalty",
                                0.3,
                                "max_tokens",
                                400,
                                "ignore_eos",
                                true))),
                argumentSet(
                        "JSON of a schema",
                        CHAT,
                        chat(Map.of(
                                "max_tokens",
                                900,
                                "response_format",
                                Map.of(
                                        "type",
                                        "json_schema",
                                        "json_schema",
                                        Map.of("name", "numbers", "schema", NUMBERS, "strict", true))))),
                argumentSet(
                        "a tool call",
                        CHAT,
                        chat(Map.of("max_tokens", 900, "tools", List.of(tool), "tool_choice", "required"))));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void anAnswerThatMovesIsTheSame(String path, Map<String, Object> body) throws Exception {
        Answer whole = new Answer();
        try (BufferedReader lines = open(path, body)) {
            whole.readAll(lines);
        }
        Map<String, Long> before = generated();

        Answer moved = new Answer();
        String busy;
        try (BufferedReader lines = open(path, body)) {
            moved.read(lines, EVENTS_BEFORE);
            busy = busyWorker();
            order(busy, "drain", Map.of("deadlineMillis", 0));
            moved.readAll(lines);
        }
        order(busy, "resume", Map.of());

        assertThat(whole.parts).isNotEmpty();
        assertThat(moved.parts).containsOnlyKeys(whole.parts.keySet());
        whole.parts.forEach(
                (part, value) -> assertThat(moved.parts.get(part)).as(part).isEqualTo(value));
        awaitGeneratedByBoth(before);
    }

    /** What a stream tells in all, however it is cut into events. */
    private static final class Answer {
        final Map<String, String> parts = new TreeMap<>();
        private int events;

        void readAll(BufferedReader lines) throws Exception {
            read(lines, Integer.MAX_VALUE);
        }

        void read(BufferedReader lines, int untilEvents) throws Exception {
            String line = lines.readLine();
            while (line != null) {
                if (line.startsWith("data: {")) {
                    take(RunningNode.JSON.readTree(line.substring("data: ".length())));
                }
                if (events >= untilEvents) {
                    return;
                }
                line = lines.readLine();
            }
        }

        private void take(JsonNode event) {
            events++;
            add("error", event.path("error"));
            // How much the cache saved may differ.
            add("prompt tokens", event.at("/usage/prompt_tokens"));
            add("completion tokens", event.at("/usage/completion_tokens"));
            for (JsonNode choice : event.path("choices")) {
                String name = "choice " + choice.get("index");
                add(name + " text", choice.path("text"));
                add(name + " content", choice.at("/delta/content"));
                add(name + " finish", choice.path("finish_reason"));
                choice.at("/logprobs/content").forEach(token -> add(name + " logprobs", token));
                choice.at("/logprobs/token_logprobs").forEach(token -> add(name + " logprobs", token));
                choice.at("/logprobs/top_logprobs").forEach(token -> add(name + " top", token));
                for (JsonNode call : choice.at("/delta/tool_calls")) {
                    String which = name + " call " + call.get("index");
                    add(which + " name", call.at("/function/name"));
                    add(which + " arguments", call.at("/function/arguments"));
                }
            }
        }

        private void add(String part, JsonNode value) {
            if (!value.isMissingNode() && !value.isNull()) {
                parts.merge(part, value.isTextual() ? value.asText() : value.toString(), String::concat);
            }
        }
    }

    private static BufferedReader open(String path, Map<String, Object> body) throws Exception {
        return new BufferedReader(new InputStreamReader(node.stream(path, body), StandardCharsets.UTF_8));
    }

    private static Map<String, Object> chat(Map<String, Object> fields) {
        Map<String, Object> chat = new HashMap<>(fields);
        chat.put("messages", List.of(Map.of("role", "user", "content", "Solve 3x + 5 = 20.")));
        return body(chat);
    }

    private static Map<String, Object> body(Map<String, Object> fields) {
        Map<String, Object> body = new HashMap<>(fields);
        body.putAll(Map.of(
                "model",
                "demo",
                "temperature",
                0.9,
                "seed",
                11,
                "stream",
                true,
                "stream_options",
                Map.of("include_usage", true)));
        return body;
    }

    private static JsonNode workers() throws Exception {
        return RunningNode.JSON.readTree(node.get("/admin/capacity").body()).at("/workers");
    }

    private static String busyWorker() throws Exception {
        for (JsonNode worker : workers()) {
            if (worker.get("leases").asInt() > 0) {
                return worker.get("id").asText();
            }
        }
        throw new AssertionError("no worker runs the request any more");
    }

    private static Map<String, Long> generated() throws Exception {
        Map<String, Long> generated = new TreeMap<>();
        for (JsonNode worker : workers()) {
            generated.put(
                    worker.get("id").asText(), worker.at("/tokens/generated").asLong());
        }
        return generated;
    }

    /** Their reports come at intervals. */
    private static void awaitGeneratedByBoth(Map<String, Long> before) throws Exception {
        Map<String, Long> now = generated();
        while (!before.entrySet().stream().allMatch(each -> now.getOrDefault(each.getKey(), 0L) > each.getValue())) {
            now.putAll(generated());
        }
    }

    private static void order(String worker, String order, Map<String, Object> body) throws Exception {
        try (BufferedReader answer = open("/admin/workers/" + worker + "/" + order, body)) {
            assertThat(answer.readLine()).contains(order).contains(worker);
        }
    }
}
