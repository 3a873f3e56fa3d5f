package dev.vidda.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.ResponseFormatJsonSchema;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionNamedToolChoice;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** OpenAI's client for Java. */
class OpenAiJavaTest {
    private static final String URL = System.getenv("VIDDA_URL");
    private static final OpenAIClient CLIENT =
            OpenAIOkHttpClient.builder().baseUrl(URL).apiKey("none").maxRetries(0).build();
    private static final String MODEL = CLIENT.models().list().data().get(0).id();

    private static ChatCompletionCreateParams.Builder chat() {
        return ChatCompletionCreateParams.builder()
                .model(MODEL)
                .temperature(0)
                .addUserMessage("Solve 3x + 5 = 20.");
    }

    @Test
    void aChatAndItsStreamSayTheSame() {
        ChatCompletion completion = CLIENT.chat().completions().create(chat().build());
        String text = completion.choices().get(0).message().content().orElseThrow();
        assertEquals(ChatCompletion.Choice.FinishReason.STOP, completion.choices().get(0).finishReason());
        assertTrue(completion.usage().orElseThrow().completionTokens() > 0);

        StringBuilder streamed = new StringBuilder();
        try (StreamResponse<ChatCompletionChunk> stream = CLIENT.chat().completions().createStreaming(chat().build())) {
            stream.stream()
                    .flatMap(chunk -> chunk.choices().stream())
                    .forEach(choice -> choice.delta().content().ifPresent(streamed::append));
        }
        assertEquals(text, streamed.toString());
    }

    @Test
    void aNamedToolIsCalled() {
        FunctionDefinition weather = FunctionDefinition.builder()
                .name("weather")
                .parameters(FunctionParameters.builder()
                        .putAdditionalProperty("type", JsonValue.from("object"))
                        .putAdditionalProperty(
                                "properties", JsonValue.from(Map.of("city", Map.of("type", "string", "maxLength", 8))))
                        .putAdditionalProperty("required", JsonValue.from(List.of("city")))
                        .build())
                .build();
        ChatCompletion completion = CLIENT.chat()
                .completions()
                .create(chat().addFunctionTool(weather)
                        .toolChoice(ChatCompletionToolChoiceOption.ofNamedToolChoice(
                                ChatCompletionNamedToolChoice.builder()
                                        .function(ChatCompletionNamedToolChoice.Function.builder()
                                                .name("weather")
                                                .build())
                                        .build()))
                        .build());
        var call = completion.choices().get(0).message().toolCalls().orElseThrow().get(0).asFunction();
        assertEquals("weather", call.function().name());
        assertTrue(call.function().arguments().contains("\"city\""));
    }

    @Test
    void aSchemaIsKept() {
        ResponseFormatJsonSchema.JsonSchema.Schema schema = ResponseFormatJsonSchema.JsonSchema.Schema.builder()
                .putAdditionalProperty("type", JsonValue.from("object"))
                .putAdditionalProperty(
                        "properties", JsonValue.from(Map.of("age", Map.of("type", "integer", "minimum", 0, "maximum", 9))))
                .putAdditionalProperty("required", JsonValue.from(List.of("age")))
                .build();
        ChatCompletion completion = CLIENT.chat()
                .completions()
                .create(chat().responseFormat(ResponseFormatJsonSchema.builder()
                                .jsonSchema(ResponseFormatJsonSchema.JsonSchema.builder()
                                        .name("age")
                                        .schema(schema)
                                        .build())
                                .build())
                        .build());
        String text = completion.choices().get(0).message().content().orElseThrow();
        assertTrue(text.matches("\\{\\s*\"age\":\\s*\\d\\s*}"), text);
    }

    @Test
    void errorsAreTheClientsOwn() {
        assertThrows(
                NotFoundException.class,
                () -> CLIENT.chat().completions().create(chat().model("no-such-model").build()));
        assertThrows(
                BadRequestException.class,
                () -> CLIENT.chat().completions().create(chat().temperature(-3).build()));
    }

    @Test
    void closingAStreamLeavesTheServerServing() {
        try (StreamResponse<ChatCompletionChunk> stream = CLIENT.chat().completions().createStreaming(chat().build())) {
            assertTrue(stream.stream().findFirst().isPresent());
        }
        assertEquals(
                2,
                CLIENT.chat()
                        .completions()
                        .create(chat().maxCompletionTokens(2).build())
                        .usage()
                        .orElseThrow()
                        .completionTokens());
    }
}
