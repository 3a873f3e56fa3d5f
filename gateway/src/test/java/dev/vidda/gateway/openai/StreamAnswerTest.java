package dev.vidda.gateway.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vidda.gateway.text.ModelText;
import dev.vidda.protocol.Finish;
import dev.vidda.protocol.FinishReason;
import dev.vidda.protocol.MemoryUse;
import dev.vidda.protocol.TokenDelta;
import dev.vidda.protocol.TokenIds;
import dev.vidda.protocol.WorkerCard;
import dev.vidda.protocol.kv.KvShape;
import java.io.ByteArrayOutputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StreamAnswerTest {
    private static ServedModel model;

    @BeforeAll
    static void load() throws URISyntaxException {
        Path directory = Path.of(Objects.requireNonNull(StreamAnswerTest.class.getResource("/model"))
                .toURI());
        model = new ServedModel("tiny", ModelText.load(directory), 0);
    }

    @Test
    void theTextDoesNotDependOnHowTokensWereGrouped() {
        long seed = 42;
        Random random = new Random(seed);
        int[] tokens =
                model.text().tokenizer().encode("Hello w\u00f6rld \u4f60\u597d \ud83d\ude00, Hello STOP!", false);
        String whole = null;
        for (int round = 0; round < 200; round++) {
            StreamAnswer answer =
                    StreamAnswer.completion(request("{\"prompt\":\"a\",\"stop\":[\"OPS\",\"STOP\"]}"), head());
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            int at = 0;
            while (at < tokens.length) {
                int end = Math.min(tokens.length, at + 1 + random.nextInt(5));
                answer.accept(0, delta(at, Arrays.copyOfRange(tokens, at, end), Optional.empty()));
                if (random.nextBoolean()) {
                    bytes.writeBytes(answer.take());
                }
                at = end;
            }
            bytes.writeBytes(answer.take());
            String text = text(bytes.toString(StandardCharsets.UTF_8));
            whole = whole == null ? text : whole;
            assertThat(text).as("seed " + seed + ", round " + round).isEqualTo(whole);
            assertThat(answer.done()).isTrue();
        }
        assertThat(whole).isEqualTo("Hello w\u00f6rld \u4f60\u597d \ud83d\ude00, Hello ");
    }

    @Test
    void anUnfinishedCharacterAtTheEndBecomesAReplacement() {
        int[] smile = model.text().tokenizer().encode("\ud83d\ude00", false);
        StreamAnswer answer = StreamAnswer.completion(request("{\"prompt\":\"a\"}"), head());
        answer.accept(0, delta(0, new int[] {smile[0]}, Optional.of(new Finish(FinishReason.LENGTH, -1, 0, 0, ""))));

        assertThat(text(new String(answer.take(), StandardCharsets.UTF_8))).isEqualTo("\ufffd");
    }

    /** Events with text alone take a shorter way than others, which nobody may see. */
    @Test
    void eachEventIsWhatAWriterOfJsonWouldWrite() {
        String text = "a \"b\" \\ /\b\f\n\r\t\u0001\u001f\u007f w\u00f6rld \u4f60\ud83d\ude00 \\u0001 end";
        int[] tokens = model.text().tokenizer().encode(text, false);
        for (String options : List.of("", ",\"stream_options\":{\"include_usage\":true}")) {
            String fields = "\"stream\":true,\"n\":2" + options + "}";
            List<StreamAnswer> answers = List.of(
                    StreamAnswer.completion(request("{\"prompt\":[\"a\",\"b\"]," + fields), head()),
                    StreamAnswer.chat(
                            chat("{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]," + fields), head()));
            for (StreamAnswer answer : answers) {
                StringBuilder got = new StringBuilder();
                for (int i = 0; i < tokens.length; i++) {
                    answer.accept(0, new TokenDelta("r", 1, i, TokenIds.of(tokens[i]), List.of(), Optional.empty()));
                    String event = new String(answer.take(), StandardCharsets.UTF_8);
                    for (String line :
                            event.lines().filter(each -> !each.isEmpty()).toList()) {
                        String json = line.substring("data: ".length());
                        ObjectNode tree = Json.object(json.getBytes(StandardCharsets.UTF_8));
                        assertThat(json).isEqualTo(new String(Json.bytes(tree), StandardCharsets.UTF_8));
                        assertThat(tree.path("choices").path(0).path("index").asInt())
                                .isOne();
                        assertThat(tree.has("usage")).isEqualTo(!options.isEmpty());
                        got.append(tree.at("/choices/0/text").asText())
                                .append(tree.at("/choices/0/delta/content").asText());
                    }
                }
                assertThat(got.toString().strip()).isEqualTo(text);
            }
        }
    }

    @Test
    void nothingFollowsTheEnd() {
        StreamAnswer answer = StreamAnswer.chat(chat(), head());
        answer.fail(ApiError.engine("x", "first"));
        answer.fail(ApiError.engine("x", "second"));
        answer.accept(0, delta(0, new int[] {1}, Optional.empty()));

        assertThat(new String(answer.take(), StandardCharsets.UTF_8))
                .contains("first")
                .doesNotContain("second")
                .endsWith("data: [DONE]\n\n");
    }

    private static TokenDelta delta(int first, int[] tokens, Optional<Finish> finish) {
        return new TokenDelta("r", 0, first, TokenIds.of(tokens), List.of(), finish);
    }

    private static PreparedRequest request(String json) {
        RequestLimits limits = new RequestLimits(8, 8, 8);
        return preparation()
                .prepare(CompletionRequest.read(Json.object(json.getBytes(StandardCharsets.UTF_8)), limits));
    }

    private static PreparedRequest chat() {
        return chat("{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");
    }

    private static PreparedRequest chat(String json) {
        RequestLimits limits = new RequestLimits(8, 8, 8);
        return preparation()
                .prepare(
                        ChatRequest.read(Json.object(json.getBytes(StandardCharsets.UTF_8)), limits),
                        LocalDateTime.of(2026, 1, 1, 0, 0));
    }

    private static Preparation preparation() {
        KvShape shape = KvShape.grouped(2, 2, 64, 2, 0);
        return new Preparation(
                model,
                List.of(new WorkerCard("w", "tiny", "test", 4096, shape, 64, 8, MemoryUse.UNKNOWN, "test", 0)),
                0,
                () -> 7);
    }

    private static AnswerHead head() {
        return new AnswerHead("cmpl-1", 1, "tiny");
    }

    private static String text(String events) {
        StringBuilder text = new StringBuilder();
        for (String line : events.split("\n")) {
            if (line.startsWith("data: {")) {
                text.append(Json.object(line.substring(6).getBytes(StandardCharsets.UTF_8))
                        .at("/choices/0/text")
                        .asText());
            }
        }
        return text.toString();
    }
}
