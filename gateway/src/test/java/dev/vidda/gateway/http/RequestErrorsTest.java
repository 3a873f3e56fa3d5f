package dev.vidda.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.vidda.gateway.openai.Json;
import dev.vidda.protocol.AdmissionReply;
import dev.vidda.protocol.Refusal;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Whatever is wrong with a request: the right status, OpenAI's four keys, and words that name the fault. */
class RequestErrorsTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String COMPLETIONS = "/v1/completions";
    private static final String MESSAGES = "'messages':[{'role':'user','content':'Hi'}]";

    @RegisterExtension
    private static final TestGateway gateway =
            TestGateway.start("vidda.gateway { max-body = 100000, max-prompts = 3, max-choices = 8 }");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'temperature':'hot'            | temperature       | must be a number, but it is a string",
                "'temperature':-1               | temperature       | between 0 and 100, but it is -1",
                "'temperature':1e400            | temperature       | between 0 and 100",
                "'temperature':true             | temperature       | must be a number, but it is a boolean",
                "'top_p':1.5                    | top_p             | between 0 and 1, but it is 1.5",
                "'top_k':-2                     | top_k             | between -1 and",
                "'top_k':1.5                    | top_k             | must be an integer, but it is 1.5",
                "'min_p':2                      | min_p             | between 0 and 1",
                "'presence_penalty':3           | presence_penalty  | between -2 and 2",
                "'frequency_penalty':-3         | frequency_penalty | between -2 and 2",
                "'repetition_penalty':0         | repetition_penalty | between 0.01 and 100",
                "'seed':99999999999999999999    | seed              | between -9223372036854775808 and",
                "'seed':'x'                     | seed              | must be an integer",
                "'max_tokens':0                 | max_tokens        | must be at least 1, but it is 0",
                "'max_tokens':-5                | max_tokens        | must be at least 1",
                "'max_tokens':'5'               | max_tokens        | must be an integer",
                "'max_completion_tokens':1.5    | max_completion_tokens | must be an integer",
                "'min_tokens':5,'max_tokens':4  | min_tokens        | must not be more than",
                "'n':0                          | n                 | between 1 and 8",
                "'n':9                          | n                 | between 1 and 8",
                "'stop':5                       | stop              | a string or a list of strings",
                "'stop':['a',5]                 | stop[1]           | must be a string",
                "'stop':''                      | stop              | 1 to 4096 characters",
                "'stop':['\\ud800']             | stop[0]           | surrogate",
                "'stop_token_ids':['a']         | stop_token_ids[0] | must be an integer",
                "'stop_token_ids':5             | stop_token_ids    | must be a list",
                "'logit_bias':{'x':1}           | logit_bias        | token ids",
                "'logit_bias':{'5':101}         | logit_bias.5      | between -100 and 100",
                "'logit_bias':{'99999':1}       | logit_bias        | not in the vocabulary",
                "'logit_bias':[1]               | logit_bias        | must be an object",
                "'stream':'yes'                 | stream            | must be a boolean",
                "'stream_options':{}            | stream_options    | only allowed when 'stream' is true",
                "'stream':true,'stream_options':5 | stream_options  | must be an object",
                "'logprobs':1                   | logprobs          | must be a boolean",
                "'logprobs':true,'top_logprobs':21 | top_logprobs   | between 0 and 20",
                "'top_logprobs':2               | top_logprobs      | only allowed when 'logprobs' is true",
                "'user':5                       | user              | must be a string",
                "'model':5                      | model             | must be a string",
                "'continue_final_message':true,'add_generation_prompt':true | continue_final_message | cannot both be true",
                "'chat_template_kwargs':5       | chat_template_kwargs | must be an object",
                "'chat_template_kwargs':{'messages':1} | messages   | cannot be named 'messages'",
            })
    void badFieldsAreNamed(String field, String param, String message) {
        HttpResponse<String> response = gateway.post(CHAT, "{" + MESSAGES + "," + field + "}");

        assertError(response, 400, "invalid_request_error", param, null);
        assertThat(message(response)).contains(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'tools':[{'type':'custom'}]     | tools[0].type",
                "'tools':[{'type':'function','function':{'name':'f'}}] | tools",
                "'echo':true                     | echo",
                "'functions':[{}]                | functions",
                "'function_call':'auto'          | function_call",
                "'response_format':{'type':'grammar'} | response_format.type",
                "'response_format':{'type':'json_schema','json_schema':{'schema':{'not':{}}}} | response_format.json_schema.schema",
                "'response_format':{'type':'json_object'},'min_tokens':3 | min_tokens",
                "'prompt_logprobs':0             | prompt_logprobs",
                "'best_of':3                     | best_of",
                "'allowed_token_ids':[1]         | allowed_token_ids",
                "'bad_words':['x']               | bad_words",
                "'guided_json':{'type':'array','uniqueItems':true} | guided_json",
                "'guided_regex':'(?=a)'          | guided_regex",
                "'guided_grammar':'root ::= x'   | guided_grammar",
                "'use_beam_search':true          | use_beam_search",
                "'truncate_prompt_tokens':5      | truncate_prompt_tokens",
                "'chat_template':'x'             | chat_template",
                "'documents':[{}]                | documents",
                "'modalities':['text','audio']   | modalities",
                "'audio':{'voice':'x'}           | audio",
                "'web_search_options':{'a':1}    | web_search_options",
                "'web_search_options':{}         | web_search_options",
            })
    void whatWouldChangeTheResultIsRefusedByName(String field, String param) {
        assertError(
                gateway.post(CHAT, "{" + MESSAGES + "," + field + "}"),
                400,
                "invalid_request_error",
                param,
                "unsupported_parameter");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'tools':[],'tool_choice':'auto'",
                "'tools':null,'tool_choice':'none'",
                "'response_format':{'type':'text'}",
                "'n':2,'best_of':2",
                "'store':true,'metadata':{'a':'b'},'prediction':{'type':'content','content':'x'}",
                "'service_tier':'auto','parallel_tool_calls':true,'reasoning_effort':'low','modalities':['text']",
                "'something_new':{'deep':[1,2]},'user':'u','priority':3,'session_id':'s'",
                "'max_tokens':5.0,'top_p':0,'top_k':-1,'temperature':null",
            })
    void whatOnlyHintsIsAcceptedAndSoIsTheUnknown(String field) {
        var response = gateway.postAsync(CHAT, "{" + MESSAGES + "," + field + "}");
        TestSequence sequence = gateway.admit();
        for (int i = 0; i < sequence.start().request().samples(); i++) {
            sequence.eos(i);
        }

        assertThat(response.join().statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}                                                 | messages             | is required",
                "{'messages':[]}                                    | messages             | between 1 and",
                "{'messages':'Hi'}                                  | messages             | must be a list",
                "{'messages':['Hi']}                                | messages[0]          | must be an object",
                "{'messages':[{'content':'Hi'}]}                    | messages[0].role     | is required",
                "{'messages':[{'role':'user'}]}                     | messages[0].content  | is required",
                "{'messages':[{'role':5,'content':'Hi'}]}           | messages[0].role     | must be a string",
                "{'messages':[{'role':'user','content':5}]}         | messages[0].content  | a string or a list of parts",
                "{'messages':[{'role':'user','content':[{'type':'text'}]}]} | messages[0].content[0].text | is required",
                "{'messages':[{'role':'wizard','content':'Hi'}]}    | messages             | Unknown role: wizard",
            })
    void badMessagesAreNamedByTheirPath(String body, String param, String message) {
        HttpResponse<String> response = gateway.post(CHAT, body);

        assertError(response, 400, "invalid_request_error", param, null);
        assertThat(message(response)).contains(message);
    }

    @Test
    void picturesAreRefusedByTheirPath() {
        HttpResponse<String> response = gateway.post(
                CHAT, "{'messages':[{'role':'user','content':[{'type':'image_url','image_url':{'url':'data:,'}}]}]}");

        assertError(response, 400, "invalid_request_error", "messages[0].content[0].type", "unsupported_parameter");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'prompt':                       | line 1, column",
                "{'prompt':'x',}                  | line 1, column",
                "{'prompt':'x'} {}                | line 1, column",
                "{'prompt':'x','temperature':NaN} | NaN",
                "[1,2]                            | it is a list",
                "``                               | it is empty",
                "'x'                              | it is a string",
                "nonsense                         | nonsense",
            })
    void bodiesThatAreNoJsonObjectSaySo(String body, String message) {
        HttpResponse<String> response = gateway.post(COMPLETIONS, body);

        assertError(response, 400, "invalid_request_error", null, null);
        assertThat(message(response))
                .contains(message)
                .doesNotContain("com.fasterxml")
                .doesNotContain("Source:");
    }

    @Test
    void jsonThatIsTooDeepOrHasEndlessNumbersIsRefused() {
        String deep = "{'prompt':" + "[".repeat(200) + "]".repeat(200) + "}";
        String endless = "{'prompt':'x','seed':" + "9".repeat(500) + "}";

        assertError(gateway.post(COMPLETIONS, deep), 400, "invalid_request_error", null, null);
        assertError(gateway.post(COMPLETIONS, endless), 400, "invalid_request_error", null, null);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}                                     | prompt       | is required",
                "{'prompt':5}                           | prompt       | a string, a list of strings",
                "{'prompt':[]}                          | prompt       | empty list",
                "{'prompt':''}                          | prompt       | no tokens",
                "{'prompt':['a',[1]],'echo':5}          | echo         | must be a boolean",
                "{'prompt':['a',5]}                     | prompt[1]    | must be a string",
                "{'prompt':[1,'a']}                     | prompt[1]    | must be an integer",
                "{'prompt':[1,-1]}                      | prompt[1]    | between 0 and",
                "{'prompt':[[1],[1.5]]}                 | prompt[1][0] | must be an integer",
                "{'prompt':[1,99999]}                   | prompt       | not in the vocabulary",
                "{'prompt':['a','b','c','d']}           | prompt       | at most 3 entries",
                "{'prompt':'a','logprobs':true}         | logprobs     | must be an integer",
            })
    void badPromptsAreNamed(String body, String param, String message) {
        HttpResponse<String> response = gateway.post(COMPLETIONS, body);

        assertError(response, 400, "invalid_request_error", param, null);
        assertThat(message(response)).contains(message);
    }

    @Test
    void textAfterTheCursorAndPromptLogprobsAreRefusedByName() {
        assertError(
                gateway.post(COMPLETIONS, "{'prompt':'a','suffix':'b'}"),
                400,
                "invalid_request_error",
                "suffix",
                "unsupported_parameter");
        assertError(
                gateway.post(COMPLETIONS, "{'prompt':'a','echo':true,'logprobs':1}"),
                400,
                "invalid_request_error",
                "echo",
                "unsupported_parameter");
    }

    @Test
    void anUnknownModelIs404() {
        HttpResponse<String> response = gateway.post(CHAT, "{'model':'gpt-9'," + MESSAGES + "}");

        assertError(response, 404, "invalid_request_error", "model", "model_not_found");
        assertThat(message(response)).contains("gpt-9");
    }

    @Test
    void aPromptBeyondTheContextIsRefusedWithTheNumbers() {
        HttpResponse<String> response =
                gateway.post(COMPLETIONS, "{'prompt':'" + "a".repeat(5000) + "','stream':true}");

        assertError(response, 400, "invalid_request_error", "prompt", "context_length_exceeded");
        assertThat(message(response)).contains("4096").contains("5000");
    }

    @Test
    void aPromptBeyondTheLargestPoolIsRefusedWithTheNumbers() {
        HttpResponse<String> response = gateway.post(COMPLETIONS, "{'prompt':'" + "a".repeat(2000) + "'}");

        assertError(response, 400, "invalid_request_error", "prompt", "context_length_exceeded");
        assertThat(message(response)).contains("2000").contains("125 blocks").contains("has 64");
    }

    @ParameterizedTest
    @CsvSource({
        "UNKNOWN_MODEL,404,invalid_request_error,model_not_found,",
        "CONTEXT_LENGTH,400,invalid_request_error,context_length_exceeded,",
        "NEVER_FITS,400,invalid_request_error,context_length_exceeded,",
        "QUEUE_FULL,429,rate_limit_error,queue_full,3",
        "UNAVAILABLE,503,server_error,no_capacity,3",
    })
    void theSchedulersRefusalDecidesTheStatus(
            Refusal.Reason reason, int status, String type, String code, @Nullable String retryAfter) {
        for (String stream : new String[] {"true", "false"}) {
            var response = gateway.postAsync(CHAT, "{" + MESSAGES + ",'stream':" + stream + "}");
            var admit = gateway.expectAdmit();
            // A request may wait before it is refused.
            admit.replyTo().tell(new AdmissionReply.Queued(admit.request().id(), 0, -1));
            admit.replyTo()
                    .tell(new AdmissionReply.Refused(
                            admit.request().id(), new Refusal(reason, "no room for 7", 2100, 7, 5, 80)));

            String param = reason == Refusal.Reason.UNKNOWN_MODEL ? "model" : null;
            assertError(response.join(), status, type, param, code);
            assertThat(message(response.join())).contains("no room for 7");
            assertThat(response.join().headers().firstValue("retry-after").orElse(null))
                    .isEqualTo(retryAfter);
        }
        assertThat(gateway.openRequests()).isZero();
    }

    @Test
    void unknownPathsAndWrongMethodsAndTypesHaveTheirStatus() {
        assertError(gateway.get("/v1/nothing"), 404, "invalid_request_error", null, "not_found");
        assertError(gateway.get(CHAT), 405, "invalid_request_error", null, "method_not_allowed");
        assertThat(gateway.get(CHAT).headers().firstValue("allow")).contains("POST");
        assertError(gateway.post("/v1/models", "{}"), 405, "invalid_request_error", null, "method_not_allowed");
        HttpRequest form = HttpRequest.newBuilder(gateway.uri(CHAT))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("a=b"))
                .build();
        assertError(gateway.send(form), 415, "invalid_request_error", null, "unsupported_media_type");
    }

    @Test
    void bodiesOverTheLimitAre413WhetherTheirLengthIsKnownOrNot() {
        String body = "{'prompt':'" + "a".repeat(200_000) + "'}";
        HttpRequest chunked = HttpRequest.newBuilder(gateway.uri(COMPLETIONS))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.fromPublisher(HttpRequest.BodyPublishers.ofString(body)))
                .build();

        assertError(gateway.post(COMPLETIONS, body), 413, "invalid_request_error", null, "request_too_large");
        assertError(gateway.send(chunked), 413, "invalid_request_error", null, "request_too_large");
    }

    @Test
    void requestIdsAreKeptWhenTheyAreSaneAndMadeUpOtherwise() {
        HttpRequest named = HttpRequest.newBuilder(gateway.uri("/livez"))
                .header("X-Request-Id", "abc-123")
                .build();
        HttpRequest odd = HttpRequest.newBuilder(gateway.uri("/livez"))
                .header("X-Request-Id", "a b;c")
                .build();

        assertThat(gateway.send(named).headers().firstValue("x-request-id")).contains("abc-123");
        assertThat(gateway.send(odd).headers().firstValue("x-request-id").orElseThrow())
                .startsWith("req-");
        assertThat(gateway.get("/nothing").headers().firstValue("x-request-id")).isPresent();
    }

    private static String message(HttpResponse<String> response) {
        return error(response).get("message").asText();
    }

    private static JsonNode error(HttpResponse<String> response) {
        return Json.object(response.body().getBytes(StandardCharsets.UTF_8)).get("error");
    }

    private static void assertError(
            HttpResponse<String> response, int status, String type, @Nullable String param, @Nullable String code) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("content-type")).contains("application/json");
        JsonNode error = error(response);
        assertThat(error.properties().stream().map(Map.Entry::getKey))
                .containsExactly("message", "type", "param", "code");
        assertThat(error.get("type").asText()).isEqualTo(type);
        assertThat(error.get("param").textValue()).isEqualTo(param);
        assertThat(error.get("code").textValue()).isEqualTo(code);
        assertThat(error.get("message").asText()).isNotBlank().doesNotContain("Exception");
    }
}
