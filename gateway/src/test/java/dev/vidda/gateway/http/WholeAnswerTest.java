package dev.vidda.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.vidda.gateway.openai.Json;
import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.Sampling;
import dev.vidda.protocol.SchedulerCommand;
import dev.vidda.protocol.Tenant;
import dev.vidda.protocol.TokenIds;
import dev.vidda.protocol.kv.BlockHash;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

class WholeAnswerTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String COMPLETIONS = "/v1/completions";

    @RegisterExtension
    private static final TestGateway gateway = TestGateway.start();

    @Test
    void aChatCompletionHasItsExactShape() {
        var response = gateway.postAsync(CHAT, "{'model':'tiny','messages':[{'role':'user','content':'Hi'}]}");
        TestSequence sequence = gateway.admit();
        sequence.text("Hello w").eos();

        assertThat(response.join().statusCode()).isEqualTo(200);
        assertThat(normalized(response))
                .isEqualTo(
                        "{\"id\":\"X\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"tiny\",\"choices\":[{"
                                + "\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Hello w\",\"refusal\":null},"
                                + "\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":21,"
                                + "\"completion_tokens\":3,\"total_tokens\":24,\"prompt_tokens_details\":{\"cached_tokens\":3}}}");
        gateway.expectRelease(sequence.id());
        assertThat(gateway.openRequests()).isZero();
    }

    @Test
    void aTextCompletionHasItsExactShape() {
        var response = gateway.postAsync(COMPLETIONS, "{'prompt':'Hello'}");
        TestSequence sequence = gateway.admit();
        sequence.text(" w").length(0);

        assertThat(normalized(response))
                .isEqualTo(
                        "{\"id\":\"X\",\"object\":\"text_completion\",\"created\":1,\"model\":\"tiny\",\"choices\":[{"
                                + "\"index\":0,\"text\":\" w\",\"logprobs\":null,\"finish_reason\":\"length\"}],"
                                + "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1,\"total_tokens\":2,"
                                + "\"prompt_tokens_details\":{\"cached_tokens\":3}}}");
        gateway.expectRelease(sequence.id());
    }

    @Test
    void textCompletionsStreamInTheSameShape() {
        var response = gateway.postAsync(COMPLETIONS, "{'prompt':'Hello','stream':true,'echo':true}");
        gateway.admit().text(" w").length(0);

        assertThat(normalized(response)).isEqualTo("""
                        data: {"id":"X","object":"text_completion","created":1,"model":"tiny","choices":[{"index":0,"text":"Hello","logprobs":null,"finish_reason":null}]}

                        data: {"id":"X","object":"text_completion","created":1,"model":"tiny","choices":[{"index":0,"text":" w","logprobs":null,"finish_reason":null}]}

                        data: {"id":"X","object":"text_completion","created":1,"model":"tiny","choices":[{"index":0,"text":"","logprobs":null,"finish_reason":"length"}]}

                        data: [DONE]

                        """);
    }

    @Test
    void theModelsDefaultsHoldWhereTheRequestSaysNothing() {
        var response = gateway.postAsync(CHAT, "{'messages':[{'role':'user','content':'Hi'}]}");
        TestSequence sequence = gateway.admit();
        Sampling sampling = sequence.start().request().sampling();
        sequence.eos();

        assertThat(sampling.temperature()).isEqualTo(0.7f);
        assertThat(sampling.topP()).isEqualTo(0.8f);
        assertThat(sampling.topK()).isEqualTo(20);
        assertThat(sampling.repetitionPenalty()).isEqualTo(1);
        assertThat(sampling.stopTokens()).containsExactly(261, 263);
        assertThat(sampling.topLogprobs()).isEqualTo(-1);
        // 64 blocks of 16 tokens; the last generated token is never kept.
        assertThat(sampling.maxTokens()).isEqualTo(64 * 16 - 21 + 1);
        response.join();
    }

    @Test
    void everySamplingFieldReachesTheWorker() {
        var response = gateway.postAsync(
                COMPLETIONS,
                "{'prompt':'Hi','temperature':0.5,'top_p':0.9,'top_k':7,'min_p':0.1,'seed':-42,'n':2,"
                        + "'presence_penalty':0.3,'frequency_penalty':0.4,'repetition_penalty':1.1,"
                        + "'logit_bias':{'5':-2.5},'max_tokens':1000000000000,'min_tokens':2,'ignore_eos':true,"
                        + "'stop_token_ids':[9],'logprobs':3,'cache_salt':'salt','user':'u'}");
        SchedulerCommand.Admit admit = gateway.expectAdmit();
        TestSequence sequence = gateway.admit(admit);
        sequence.length(0);
        sequence.length(1);
        response.join();

        assertThat(sequence.start().request().cacheSalt()).isEqualTo("salt");
        assertThat(sequence.start().request().samples()).isEqualTo(2);
        int room = admit.request().maxNewTokens();
        assertThat(sequence.start().request().sampling())
                .isEqualTo(new Sampling(
                        0.5f, 7, 0.9f, 0.1f, 1.1f, 0.3f, 0.4f, Map.of(5, -2.5f), -42, List.of(9), 2, room, 3));
    }

    @Test
    void theSchedulerHearsTheSizeAndTheHashesButNeverTheText() {
        String prompt = "a".repeat(40);
        var response = gateway.postAsync(
                COMPLETIONS, "{'prompt':'" + prompt + "','max_tokens':5,'cache_salt':'s','user':'u','n':3}");
        SchedulerCommand.Admit admit = gateway.expectAdmit();
        TokenIds ids = TokenIds.of(TestSequence.ids(prompt));

        AdmissionRequest request = admit.request();
        assertThat(request.promptTokens()).isEqualTo(40);
        assertThat(request.maxNewTokens()).isEqualTo(5);
        assertThat(request.samples()).isEqualTo(3);
        assertThat(request.tenant()).isEqualTo(new Tenant("u", 1, 0));
        assertThat(request.prefixHashes())
                .isEqualTo(BlockHash.chain("tiny", "s", ids, TestGateway.BLOCK))
                .hasSize(2);
        gateway.reset();
        assertThat(response.join().statusCode()).isEqualTo(500);
    }

    @Test
    void choicesOfSeveralPromptsAreNumberedPromptByPrompt() {
        var response = gateway.postAsync(COMPLETIONS, "{'prompt':['a',[72,72],'c'],'n':2,'echo':true}");
        TestSequence[] sequences = {gateway.admit(), gateway.admit(), gateway.admit()};
        for (int p = 2; p >= 0; p--) {
            for (int sample = 1; sample >= 0; sample--) {
                sequences[p].tokens(sample, TestSequence.ids(p + "." + sample)).eos(sample);
            }
        }

        JsonNode body = body(response);
        String second = TestGateway.TEXT.tokenizer().decode(new int[] {72, 72}, true);
        assertThat(body.get("choices").findValuesAsText("text"))
                .containsExactly("a0.0", "a0.1", second + "1.0", second + "1.1", "c2.0", "c2.1");
        assertThat(body.get("choices").findValuesAsText("index")).containsExactly("0", "1", "2", "3", "4", "5");
        assertThat(body.at("/usage/prompt_tokens").asInt()).isEqualTo(4);
        assertThat(body.at("/usage/completion_tokens").asInt()).isEqualTo(24);
        assertThat(body.at("/usage/prompt_tokens_details/cached_tokens").asInt())
                .isEqualTo(9);
    }

    @Test
    void tokenIdsStandBesideTheText() {
        var chat = gateway.postAsync(CHAT, "{'messages':[{'role':'user','content':'Hi'}],'return_token_ids':true}");
        TestSequence sequence = gateway.admit();
        sequence.text("Hello").eos();
        assertThat(body(chat).at("/choices/0/token_ids").toString()).isEqualTo("[259,263]");
        assertThat(body(chat).get("prompt_token_ids")).hasSize(21);
        gateway.expectRelease(sequence.id());

        var completion = gateway.postAsync(COMPLETIONS, "{'prompt':[1,2],'return_token_ids':true}");
        gateway.admit().text("Hello").eos();
        assertThat(body(completion).at("/choices/0/token_ids").toString()).isEqualTo("[259,263]");
        assertThat(body(completion).at("/choices/0/prompt_token_ids").toString())
                .isEqualTo("[1,2]");
    }

    @Test
    void chatLogprobsListTokensWithTheirBytes() {
        var response = gateway.postAsync(
                CHAT, "{'messages':[{'role':'user','content':'Hi'}],'logprobs':true,'top_logprobs':1}");
        gateway.admit().withLogprobs(0, 259, 1).withLogprobs(0, 260, 1).length(0);

        JsonNode logprobs = body(response).at("/choices/0/logprobs");
        assertThat(logprobs.get("refusal").isNull()).isTrue();
        assertThat(logprobs.get("content").findValuesAsText("token")).containsExactly("Hello", "Hello", " w", " w");
        assertThat(logprobs.at("/content/1/bytes").toString()).isEqualTo("[32,119]");
        assertThat(logprobs.at("/content/1/logprob").floatValue()).isEqualTo(-0.5f);
        assertThat(logprobs.at("/content/1/top_logprobs/0/token").asText()).isEqualTo(" w");
        assertThat(logprobs.at("/content/1/top_logprobs")).hasSize(1);
    }

    @Test
    void legacyLogprobsAreParallelLists() {
        var response = gateway.postAsync(COMPLETIONS, "{'prompt':'a','logprobs':2}");
        gateway.admit().withLogprobs(0, 259, 2).withLogprobs(0, 260, 2).length(0);

        assertThat(body(response).at("/choices/0/logprobs").toString())
                .isEqualTo("{\"tokens\":[\"Hello\",\" w\"],\"token_logprobs\":[-0.5,-0.5],"
                        + "\"top_logprobs\":[{\"Hello\":-0.5,\" w\":-1.0},{\" w\":-0.5,\"<|endoftext|>\":-1.0}],"
                        + "\"text_offset\":[0,5]}");
    }

    @Test
    void specialTokensAreShownOnlyOnRequest() {
        var hidden = gateway.postAsync(COMPLETIONS, "{'prompt':'a','ignore_eos':true}");
        TestSequence first = gateway.admit();
        first.tokens(0, 259, 263, 260).length(0);
        gateway.expectRelease(first.id());
        var shown = gateway.postAsync(COMPLETIONS, "{'prompt':'a','ignore_eos':true,'skip_special_tokens':false}");
        gateway.admit().tokens(0, 259, 263, 260).length(0);

        assertThat(body(hidden).at("/choices/0/text").asText()).isEqualTo("Hello w");
        assertThat(body(shown).at("/choices/0/text").asText()).isEqualTo("Hello<|im_end|> w");
    }

    @Test
    void theTextEndsAtAStopStringEvenWhenMoreTokensCame() {
        var response = gateway.postAsync(COMPLETIONS, "{'prompt':'a','stop':['lo','x']}");
        TestSequence sequence = gateway.admit();
        sequence.tokens(0, TestSequence.ids("Hello w")).text("more");

        JsonNode body = body(response);
        assertThat(body.at("/choices/0/text").asText()).isEqualTo("Hel");
        assertThat(body.at("/choices/0/stop_reason").asText()).isEqualTo("lo");
        assertThat(body.at("/usage/completion_tokens").asInt()).isEqualTo(1);
        gateway.expectCancel(sequence.id());
        gateway.expectRelease(sequence.id());
    }

    @Test
    void templateArgumentsReachTheTemplate() {
        assertThat(promptOf("'chat_template_kwargs':{'enable_thinking':false}"))
                .endsWith("<|im_start|>assistant\n<think></think>");
    }

    @Test
    void theAnswerMayContinueTheLastMessage() {
        String messages = "'messages':[{'role':'user','content':'Hi'},{'role':'assistant','content':'I say '}]";
        var response = gateway.postAsync(CHAT, "{" + messages + ",'continue_final_message':true}");
        TestSequence sequence = gateway.admit();
        String prompt = TestGateway.TEXT
                .tokenizer()
                .decode(sequence.start().request().prompt().toArray(), false);
        sequence.eos();
        response.join();

        assertThat(prompt).endsWith("<|im_start|>assistant\nI say ");
    }

    @Test
    void thePromptOfTheAssistantCanBeLeftOut() {
        assertThat(promptOf("'add_generation_prompt':false")).endsWith("Hi<|im_end|>\n");
    }

    @Test
    void textPartsAreJoined() {
        var response = gateway.postAsync(
                CHAT,
                "{'messages':[{'role':'user','content':[{'type':'text','text':'a'},{'type':'text','text':'b'}]}]}");
        TestSequence sequence = gateway.admit();
        String prompt = TestGateway.TEXT
                .tokenizer()
                .decode(sequence.start().request().prompt().toArray(), false);
        sequence.eos();
        response.join();

        assertThat(prompt).contains("user\na\nb<|im_end|>");
    }

    private static String promptOf(String field) {
        var response = gateway.postAsync(CHAT, "{'messages':[{'role':'user','content':'Hi'}]," + field + "}");
        TestSequence sequence = gateway.admit();
        sequence.eos();
        assertThat(response.join().statusCode()).isEqualTo(200);
        return TestGateway.TEXT
                .tokenizer()
                .decode(sequence.start().request().prompt().toArray(), false);
    }

    private static JsonNode body(CompletableFuture<HttpResponse<String>> response) {
        assertThat(response.join().statusCode()).as(response.join().body()).isEqualTo(200);
        return Json.object(response.join().body().getBytes(StandardCharsets.UTF_8));
    }

    private static String normalized(CompletableFuture<HttpResponse<String>> response) {
        return response.join()
                .body()
                .replaceAll("\"id\":\"(chat)?cmpl-[0-9a-f]{32}\"", "\"id\":\"X\"")
                .replaceAll("\"created\":[0-9]+", "\"created\":1")
                .replaceAll(",\"timings\":\\{[^}]*}", "");
    }
}
