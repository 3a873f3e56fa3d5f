package dev.vidda.gateway.http;

import dev.vidda.protocol.AdmissionReply;
import dev.vidda.protocol.SchedulerCommand;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

class ChatStreamTest {
    private static final String PATH = "/v1/chat/completions";

    @RegisterExtension
    private static final TestGateway gateway = TestGateway.start();

    @Test
    void eventsAreByteForByteWhatTheProtocolSays() {
        CompletableFuture<HttpResponse<String>> response = stream("");
        TestSequence sequence = gateway.admit();
        sequence.text("Hello w").eos();

        assertThat(response.join().statusCode()).isEqualTo(200);
        assertThat(response.join().headers().firstValue("content-type")).contains("text/event-stream; charset=utf-8");
        assertThat(response.join().headers().firstValue("cache-control")).contains("no-cache");
        assertThat(response.join().headers().firstValue("x-accel-buffering")).contains("no");
        assertThat(normalized(response)).isEqualTo("""
                        data: {"id":"chatcmpl-X","object":"chat.completion.chunk","created":1,"model":"tiny","choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}]}

                        data: {"id":"chatcmpl-X","object":"chat.completion.chunk","created":1,"model":"tiny","choices":[{"index":0,"delta":{"content":"Hello"},"logprobs":null,"finish_reason":null}]}

                        data: {"id":"chatcmpl-X","object":"chat.completion.chunk","created":1,"model":"tiny","choices":[{"index":0,"delta":{"content":" w"},"logprobs":null,"finish_reason":null}]}

                        data: {"id":"chatcmpl-X","object":"chat.completion.chunk","created":1,"model":"tiny","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]}

                        data: [DONE]

                        """);
        gateway.expectRelease(sequence.id());
        assertThat(gateway.openRequests()).isZero();
    }

    @Test
    void usageComesInAChunkOfItsOwnAndIsNullBefore() {
        CompletableFuture<HttpResponse<String>> response = stream(",'stream_options':{'include_usage':true}");
        TestSequence sequence = gateway.admit();
        sequence.text("Hello").eos();

        assertThat(events(response))
                .containsExactly(
                        chunk("{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"logprobs\":null,"
                                + "\"finish_reason\":null}],\"usage\":null}"),
                        chunk("{\"index\":0,\"delta\":{\"content\":\"Hello\"},\"logprobs\":null,"
                                + "\"finish_reason\":null}],\"usage\":null}"),
                        chunk(
                                "{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":null}"),
                        chunk("],\"usage\":{\"prompt_tokens\":"
                                + sequence.start().request().prompt().size()
                                + ",\"completion_tokens\":2,\"total_tokens\":"
                                + (sequence.start().request().prompt().size() + 2)
                                + ",\"prompt_tokens_details\":{\"cached_tokens\":3}}}"),
                        "[DONE]");
        gateway.expectRelease(sequence.id());
    }

    @Test
    void everyChunkCarriesTheUsageSoFarWhenAskedFor() {
        CompletableFuture<HttpResponse<String>> response =
                stream(",'stream_options':{'include_usage':true,'continuous_usage_stats':true}");
        TestSequence sequence = gateway.admit();
        int prompt = sequence.start().request().prompt().size();
        sequence.text("Hello w").length(0);

        List<String> events = events(response);
        assertThat(events.get(1))
                .endsWith("\"usage\":{\"prompt_tokens\":" + prompt + ",\"completion_tokens\":1,\"total_tokens\":"
                        + (prompt + 1) + "}}");
        assertThat(events.get(3)).contains("\"finish_reason\":\"length\"");
        gateway.expectRelease(sequence.id());
    }

    @Test
    void charactersAreHeldBackUntilTheyAreComplete() {
        CompletableFuture<HttpResponse<String>> response = stream("");
        TestSequence sequence = gateway.admit();
        sequence.text("a\uD83D\uDE00").eos();

        assertThat(contents(response)).containsExactly("", "a", "\uD83D\uDE00");
        gateway.expectRelease(sequence.id());
    }

    @Test
    void stopStringsAreFoundAcrossTokensAndEndTheRequestAtOnce() {
        CompletableFuture<HttpResponse<String>> response = stream(",'stop':['xyz','lo w']");
        TestSequence sequence = gateway.admit();
        sequence.text("Hello w");

        assertThat(contents(response)).containsExactly("", "Hel");
        assertThat(events(response).get(2))
                .endsWith("\"delta\":{},\"logprobs\":null,\"finish_reason\":\"stop\",\"stop_reason\":\"lo w\"}]}");
        gateway.expectCancel(sequence.id());
        gateway.expectRelease(sequence.id());
        assertThat(gateway.openRequests()).isZero();
    }

    @Test
    void textThatOnlyBeganLikeAStopStringIsSentAtTheEnd() {
        CompletableFuture<HttpResponse<String>> response = stream(",'stop':'world'");
        TestSequence sequence = gateway.admit();
        sequence.text("Hello wor").eos();

        assertThat(String.join("", contents(response))).isEqualTo("Hello wor");
        gateway.expectRelease(sequence.id());
    }

    @Test
    void aStopStringMayBelongToTheText() {
        CompletableFuture<HttpResponse<String>> response = stream(",'stop':'lo w','include_stop_str_in_output':true");
        TestSequence sequence = gateway.admit();
        sequence.text("Hello world");

        assertThat(String.join("", contents(response))).isEqualTo("Hello w");
        gateway.expectCancel(sequence.id());
        gateway.expectRelease(sequence.id());
    }

    @Test
    void stopStringsAreIgnoredBeforeTheMinimumOfTokens() {
        CompletableFuture<HttpResponse<String>> response = stream(",'stop':'a','min_tokens':3");
        TestSequence sequence = gateway.admit();
        assertThat(sequence.start().request().sampling().minTokens()).isEqualTo(3);
        sequence.text("abcab");

        assertThat(String.join("", contents(response))).isEqualTo("abc");
        gateway.expectCancel(sequence.id());
        gateway.expectRelease(sequence.id());
    }

    @Test
    void aStopTokenTheClientNamedIsTheReason() {
        int[] comma = TestSequence.ids(",");
        CompletableFuture<HttpResponse<String>> response = stream(",'stop_token_ids':[" + comma[0] + "]");
        TestSequence sequence = gateway.admit();
        assertThat(sequence.start().request().sampling().stopTokens()).contains(comma[0], TestSequence.EOS);
        sequence.text("Hello").stopToken(0, comma[0]);

        assertThat(contents(response)).containsExactly("", "Hello");
        assertThat(events(response).get(2)).contains("\"finish_reason\":\"stop\",\"stop_reason\":" + comma[0]);
        gateway.expectRelease(sequence.id());
    }

    @Test
    void choicesOfOnePromptAreInterleavedByIndex() {
        CompletableFuture<HttpResponse<String>> response = stream(",'n':2");
        TestSequence sequence = gateway.admit();
        assertThat(sequence.start().request().samples()).isEqualTo(2);
        int[] a = TestSequence.ids("a");
        int[] b = TestSequence.ids("b");
        sequence.tokens(1, b).tokens(0, a).eos(1);
        sequence.tokens(0, a).eos(0);

        assertThat(events(response).stream()
                        .filter(event -> event.contains("content\":\""))
                        .map(event -> event.replaceAll(".*\"index\":(\\d).*\"content\":\"(\\w*)\".*", "$1$2")))
                .containsExactly("1", "1b", "0", "0a", "0a");
        gateway.expectRelease(sequence.id());
    }

    @Test
    void tokenIdsComeWithTheTextTheyBelongTo() {
        CompletableFuture<HttpResponse<String>> response = stream(",'return_token_ids':true");
        TestSequence sequence = gateway.admit();
        sequence.text("Hello w").eos();

        List<String> events = events(response);
        assertThat(events.get(0))
                .contains("\"prompt_token_ids\":"
                        + Arrays.toString(sequence.start().request().prompt().toArray())
                                .replace(" ", ""));
        assertThat(events.get(1)).contains("\"content\":\"Hello\"").contains("\"token_ids\":[259]");
        assertThat(events.get(2)).contains("\"content\":\" w\"").contains("\"token_ids\":[260]");
        assertThat(events.get(3)).contains("\"content\":\"\"").contains("\"token_ids\":[263]");
        assertThat(events.get(4)).contains("\"finish_reason\":\"stop\"").doesNotContain("prompt_token_ids");
        gateway.expectRelease(sequence.id());
    }

    @Test
    void logprobsComeWithTheirTokens() {
        CompletableFuture<HttpResponse<String>> response = stream(",'logprobs':true,'top_logprobs':2");
        TestSequence sequence = gateway.admit();
        assertThat(sequence.start().request().sampling().topLogprobs()).isEqualTo(2);
        sequence.withLogprobs(0, 259, 2).length(0);

        assertThat(events(response).get(1))
                .contains("\"logprobs\":{\"content\":[{\"token\":\"Hello\",\"logprob\":-0.5,"
                        + "\"bytes\":[72,101,108,108,111],\"top_logprobs\":["
                        + "{\"token\":\"Hello\",\"logprob\":-0.5,\"bytes\":[72,101,108,108,111]},"
                        + "{\"token\":\" w\",\"logprob\":-1.0,\"bytes\":[32,119]}]}],\"refusal\":null}");
        gateway.expectRelease(sequence.id());
    }

    @Test
    void anEngineFailureInTheStreamIsAnErrorEventAndThenDone() {
        CompletableFuture<HttpResponse<String>> response = stream("");
        TestSequence sequence = gateway.admit();
        sequence.text("Hello").failed("the device was lost");

        List<String> events = events(response);
        assertThat(events.get(2))
                .isEqualTo("{\"error\":{\"message\":\"the device was lost\",\"type\":\"server_error\","
                        + "\"param\":null,\"code\":\"engine_failure\"}}");
        assertThat(events.get(3)).isEqualTo("[DONE]");
        gateway.expectRelease(sequence.id());
    }

    @Test
    void theHeadIsSentWhenTheRequestIsAdmittedAndNotBefore() {
        var response = gateway.openAsync(PATH, "{'messages':[{'role':'user','content':'Hi'}],'stream':true}");
        SchedulerCommand.Admit admit = gateway.expectAdmit();
        admit.replyTo().tell(new AdmissionReply.Queued(admit.request().id(), 4, -1));
        assertThat(gateway.openRequests()).isEqualTo(1);
        assertThat(response).isNotDone();
        TestSequence sequence = gateway.admit(admit);

        assertThat(response.join().statusCode()).isEqualTo(200);
        sequence.eos();
        gateway.expectRelease(sequence.id());
    }

    private static List<String> events(CompletableFuture<HttpResponse<String>> response) {
        return normalized(response)
                .lines()
                .filter(line -> !line.isEmpty())
                .map(line -> line.substring("data: ".length()))
                .toList();
    }

    private static List<String> contents(CompletableFuture<HttpResponse<String>> response) {
        return events(response).stream()
                .filter(event -> event.contains("\"content\":\""))
                .map(event -> event.replaceAll("(?s).*\"content\":\"(.*?)\".*", "$1"))
                .toList();
    }

    private static String chunk(String rest) {
        return "{\"id\":\"chatcmpl-X\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"tiny\","
                + "\"choices\":[" + rest;
    }

    private static CompletableFuture<HttpResponse<String>> stream(String more) {
        return gateway.postAsync(
                PATH, "{'model':'tiny','messages':[{'role':'user','content':'Hi'}],'stream':true" + more + "}");
    }

    private static String normalized(CompletableFuture<HttpResponse<String>> response) {
        return response.join()
                .body()
                .replaceAll("\"id\":\"chatcmpl-[0-9a-f]{32}\"", "\"id\":\"chatcmpl-X\"")
                .replaceAll("\"created\":[0-9]+", "\"created\":1")
                .replaceAll(",\"timings\":\\{[^}]*}", "");
    }
}
