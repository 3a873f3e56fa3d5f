package dev.vidda.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.vidda.gateway.openai.Json;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** The Messages API and the Responses API, and what can be asked about texts. */
class OtherApisTest {
    private static final String MESSAGES = "/v1/messages";
    private static final String RESPONSES = "/v1/responses";

    @RegisterExtension
    private static final TestGateway gateway = TestGateway.start();

    @Test
    void aMessageHasContentBlocksAndUsage() {
        var response = gateway.postAsync(
                MESSAGES,
                "{'max_tokens':9,'system':'Be short','messages':[{'role':'user','content':[{'type':'text','text':'Hi'}]}]}");
        TestSequence sequence = gateway.admit();
        sequence.tokens(0, TestSequence.ids("<think>hm</think>Hello")).eos();
        JsonNode body = body(response);

        assertThat(TestGateway.TEXT
                        .tokenizer()
                        .decode(sequence.start().request().prompt().toArray(), false))
                .contains("system\nBe short");
        assertThat(body.path("type").asText()).isEqualTo("message");
        assertThat(body.at("/content/0/thinking").asText()).isEqualTo("hm");
        assertThat(body.at("/content/1/text").asText()).isEqualTo("Hello");
        assertThat(body.path("stop_reason").asText()).isEqualTo("end_turn");
        assertThat(body.at("/usage/output_tokens").asInt()).isPositive();
    }

    @Test
    void aMessageStreamsItsBlocksOneAfterTheOther() {
        var response = gateway.postAsync(
                MESSAGES, "{'max_tokens':9,'stream':true,'messages':[{'role':'user','content':'Hi'}]}");
        gateway.admit().text("Hello").text(" w").length(0);
        List<JsonNode> events = events(response);

        assertThat(events.stream().map(event -> event.path("type").asText()).distinct())
                .containsExactly(
                        "message_start",
                        "content_block_start",
                        "content_block_delta",
                        "content_block_stop",
                        "message_delta",
                        "message_stop");
        assertThat(events.get(events.size() - 2).at("/delta/stop_reason").asText())
                .isEqualTo("max_tokens");
    }

    @Test
    void errorsOfMessagesAreInAnthropicsForm() {
        HttpResponse<String> response =
                gateway.postAsync(MESSAGES, "{'messages':[]}").join();
        JsonNode body = Json.object(response.body().getBytes(StandardCharsets.UTF_8));
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(body.path("type").asText()).isEqualTo("error");
        assertThat(body.at("/error/type").asText()).isEqualTo("invalid_request_error");
        assertThat(body.at("/error/message").asText()).contains("max_tokens");
    }

    @Test
    void aResponseRepeatsWhatWasAsked() {
        var response = gateway.postAsync(
                RESPONSES, "{'input':'Hi','instructions':'Be short','temperature':0.5,'max_output_tokens':7}");
        gateway.admit().text("Hello").eos();
        JsonNode body = body(response);

        assertThat(body.path("object").asText()).isEqualTo("response");
        assertThat(body.path("status").asText()).isEqualTo("completed");
        assertThat(body.at("/output/0/content/0/text").asText()).isEqualTo("Hello");
        assertThat(body.path("instructions").asText()).isEqualTo("Be short");
        assertThat(body.path("temperature").asDouble()).isEqualTo(0.5);
        assertThat(body.at("/usage/total_tokens").asInt()).isPositive();
    }

    @Test
    void aResponseStreamsNumberedEvents() {
        var response = gateway.postAsync(
                RESPONSES,
                "{'stream':true,'input':[{'role':'user','content':[{'type':'input_text','text':'Hi'}]},"
                        + "{'type':'function_call','call_id':'c','name':'f','arguments':'{}'}]}");
        gateway.admit().text("Hello").length(0);
        List<JsonNode> events = events(response);

        assertThat(events.stream().map(event -> event.path("type").asText()))
                .containsExactly(
                        "response.created",
                        "response.in_progress",
                        "response.output_item.added",
                        "response.content_part.added",
                        "response.output_text.delta",
                        "response.output_text.done",
                        "response.content_part.done",
                        "response.output_item.done",
                        "response.incomplete");
        for (int i = 0; i < events.size(); i++) {
            assertThat(events.get(i).path("sequence_number").asInt()).isEqualTo(i);
        }
    }

    @Test
    void whatNeedsStorageIsRefused() {
        HttpResponse<String> response = gateway.postAsync(RESPONSES, "{'input':'a','previous_response_id':'resp_1'}")
                .join();
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("previous_response_id");
    }

    @Test
    void aFailedWorkerEndsTheStreamWithAnErrorEvent() {
        for (String path : List.of(MESSAGES, RESPONSES)) {
            String body = path.equals(MESSAGES)
                    ? "{'max_tokens':9,'stream':true,'messages':[{'role':'user','content':'Hi'}]}"
                    : "{'stream':true,'input':'Hi'}";
            var response = gateway.postAsync(path, body);
            gateway.admit().text("Hello").failed("it broke");
            assertThat(response.join().body()).contains("event: error").contains("it broke");
            gateway.reset();
        }
    }

    @Test
    void textsAreTokenizedAndBack() {
        JsonNode tokens = body(gateway.postAsync("/tokenize", "{'prompt':'Hello w','return_token_strs':true}"));
        assertThat(tokens.path("count").asInt()).isEqualTo(tokens.path("tokens").size());
        assertThat(tokens.at("/token_strs/0").asText()).isEqualTo("Hello");
        JsonNode text = body(gateway.postAsync("/detokenize", "{'tokens':" + tokens.path("tokens") + "}"));
        assertThat(text.path("prompt").asText()).isEqualTo("Hello w");
        JsonNode chat = body(gateway.postAsync("/tokenize", "{'messages':[{'role':'user','content':'Hi'}]}"));
        assertThat(chat.path("count").asInt()).isEqualTo(21);
        JsonNode count =
                body(gateway.postAsync("/v1/messages/count_tokens", "{'messages':[{'role':'user','content':'Hi'}]}"));
        assertThat(count.path("input_tokens").asInt()).isEqualTo(21);
        assertThat(gateway.postAsync("/detokenize", "{'tokens':[999999]}")
                        .join()
                        .statusCode())
                .isEqualTo(400);
    }

    private static JsonNode body(CompletableFuture<HttpResponse<String>> response) {
        assertThat(response.join().statusCode()).as(response.join().body()).isEqualTo(200);
        return Json.object(response.join().body().getBytes(StandardCharsets.UTF_8));
    }

    private static List<JsonNode> events(CompletableFuture<HttpResponse<String>> response) {
        List<JsonNode> events = new ArrayList<>();
        for (String line : response.join().body().split("\n")) {
            if (line.startsWith("data: ")) {
                events.add(Json.object(line.substring(6).getBytes(StandardCharsets.UTF_8)));
            }
        }
        return events;
    }
}
