package dev.vidda.node;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** Output that must follow a schema or call a tool, from a model that has never seen either. */
@Timeout(180)
final class StructuredOutputTest {
    private static final ObjectMapper STRICT =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final int SCHEMAS = 500;
    private static final int AT_A_TIME = 16;
    private static final Map<String, ?> WEATHER = Map.of(
            "type",
            "function",
            "function",
            Map.of(
                    "name",
                    "weather",
                    "parameters",
                    Map.of(
                            "type", "object",
                            "properties", Map.of("city", Map.of("type", "string", "maxLength", 10)),
                            "required", List.of("city"))));

    private static RunningNode node;
    private static List<String> problems;

    @BeforeAll
    static void start() throws Exception {
        problems = new ArrayList<>();
        for (String line : Files.readAllLines(RunningNode.ROOT.resolve("models/demo/heldout.jsonl"))) {
            problems.add(
                    RunningNode.JSON.readTree(line).at("/messages/0/content").asText());
        }
        node = new RunningNode(Map.of("vidda.node.model.kv-memory", "64MiB"));
        node.ready();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void everyAnswerIsValidUnderItsSchema() throws Exception {
        List<Callable<String>> asks = new ArrayList<>();
        for (long seed = 0; seed < SCHEMAS; seed++) {
            long fixed = seed;
            asks.add(() -> ask(fixed));
        }
        int whole = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME)) {
            for (Future<String> answer : threads.invokeAll(asks)) {
                whole += answer.get().equals("stop") ? 1 : 0;
            }
        }
        assertThat(whole).isGreaterThan(SCHEMAS * 9 / 10);
    }

    private static String ask(long seed) throws Exception {
        ObjectNode schema = RandomSchemas.of(seed);
        JsonNode answer = node.post(
                "/v1/chat/completions",
                Map.of(
                        "messages", List.of(message((int) seed)),
                        "temperature", 1,
                        "top_p", 1,
                        "top_k", 0,
                        "seed", seed,
                        "max_tokens", 400,
                        "response_format",
                                Map.of("type", "json_schema", "json_schema", Map.of("name", "s", "schema", schema))));
        JsonNode choice = answer.at("/choices/0");
        String text = choice.at("/message/content").asText();
        String reason = choice.path("finish_reason").asText();
        if (!reason.equals("length")) {
            JsonNode value = STRICT.readTree(text);
            assertThat(SchemaCheck.isValid(schema, value))
                    .as("seed %d: %s under %s", seed, text, schema)
                    .isTrue();
        }
        return reason;
    }

    @Test
    void anyJsonObjectIsOne() throws Exception {
        JsonNode answer = node.post(
                "/v1/chat/completions",
                Map.of(
                        "messages",
                        List.of(message(1)),
                        "max_tokens",
                        60,
                        "seed",
                        3,
                        "response_format",
                        Map.of("type", "json_object")));
        assertThat(answer.at("/choices/0/message/content").asText()).startsWith("{");
    }

    @Test
    void aRequiredToolIsCalledWithValidArguments() throws Exception {
        for (Object choice : List.of("required", Map.of("type", "function", "function", Map.of("name", "weather")))) {
            JsonNode answer = node.post(
                    "/v1/chat/completions",
                    Map.of(
                            "messages",
                            List.of(message(2)),
                            "tools",
                            List.of(WEATHER),
                            "tool_choice",
                            choice,
                            "parallel_tool_calls",
                            false,
                            "seed",
                            5));
            JsonNode call = answer.at("/choices/0/message/tool_calls/0");
            assertThat(call.at("/function/name").asText()).as(answer.toString()).isEqualTo("weather");
            JsonNode arguments = STRICT.readTree(call.at("/function/arguments").asText());
            assertThat(arguments.path("city").isTextual()).isTrue();
            assertThat(answer.at("/choices/0/finish_reason").asText())
                    .isEqualTo(choice.equals("required") ? "tool_calls" : "stop");
            assertThat(answer.at("/choices/0/message/content").isNull()).isTrue();
        }
    }

    @Test
    void aRegularExpressionAndAChoiceAreKept() throws Exception {
        JsonNode regex = node.post(
                "/v1/completions", Map.of("prompt", "x = ", "guided_regex", "[0-9]{2}-[a-f]{3}", "temperature", 1));
        assertThat(regex.at("/choices/0/text").asText()).matches("[0-9]{2}-[a-f]{3}");
        JsonNode choice = node.post(
                "/v1/completions",
                Map.of("prompt", "Is it?", "structured_outputs", Map.of("choice", List.of("yes", "no")), "n", 3));
        choice.at("/choices")
                .forEach(each -> assertThat(each.path("text").asText()).isIn("yes", "no"));
    }

    @Test
    void theSameSeedDrawsTheSameConstrainedText() throws Exception {
        Map<String, ?> request = Map.of(
                "prompt", "{", "guided_json", RandomSchemas.of(7), "temperature", 1, "seed", 11, "max_tokens", 60);
        JsonNode first = node.post("/v1/completions", request);
        assertThat(node.post("/v1/completions", request).at("/choices/0/text")).isEqualTo(first.at("/choices/0/text"));
    }

    private static Map<String, String> message(int problem) {
        return Map.of("role", "user", "content", problems.get(problem % problems.size()));
    }
}
