package dev.vidda.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.output.FinishReason;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** LangChain4j's OpenAI module. */
class LangChain4jTest {
    private static final String URL = System.getenv("VIDDA_URL");
    private static final String MODEL = "demo";
    private static final UserMessage PROBLEM = UserMessage.from("Solve 3x + 5 = 20.");

    private static OpenAiChatModel.OpenAiChatModelBuilder model() {
        return OpenAiChatModel.builder()
                .baseUrl(URL)
                .apiKey("none")
                .modelName(MODEL)
                .temperature(0.0)
                .maxRetries(0);
    }

    @Test
    void aChatAndItsStreamSayTheSame() throws Exception {
        ChatResponse plain = model().build().chat(PROBLEM);
        assertEquals(FinishReason.STOP, plain.finishReason());
        assertTrue(plain.tokenUsage().outputTokenCount() > 0);

        CompletableFuture<ChatResponse> whole = new CompletableFuture<>();
        StringBuilder streamed = new StringBuilder();
        OpenAiStreamingChatModel.builder()
                .baseUrl(URL)
                .apiKey("none")
                .modelName(MODEL)
                .temperature(0.0)
                .build()
                .chat(ChatRequest.builder().messages(PROBLEM).build(), new StreamingChatResponseHandler() {
                    @Override
                    public void onPartialResponse(String partial) {
                        streamed.append(partial);
                    }

                    @Override
                    public void onCompleteResponse(ChatResponse response) {
                        whole.complete(response);
                    }

                    @Override
                    public void onError(Throwable error) {
                        whole.completeExceptionally(error);
                    }
                });
        assertEquals(plain.aiMessage().text(), whole.get(60, TimeUnit.SECONDS).aiMessage().text());
        assertEquals(plain.aiMessage().text(), streamed.toString());
    }

    @Test
    void aToolIsCalledAndItsResultGoesBack() {
        ToolSpecification weather = ToolSpecification.builder()
                .name("weather")
                .parameters(JsonObjectSchema.builder()
                        .addEnumProperty("city", java.util.List.of("Oslo", "Rome"))
                        .required("city")
                        .build())
                .build();
        ChatRequest request = ChatRequest.builder()
                .messages(PROBLEM)
                .toolSpecifications(weather)
                .toolChoice(ToolChoice.REQUIRED)
                .build();
        AiMessage called = model().build().chat(request).aiMessage();
        assertTrue(called.hasToolExecutionRequests());
        var call = called.toolExecutionRequests().get(0);
        assertEquals("weather", call.name());
        assertTrue(call.arguments().matches("\\{\\s*\"city\":\\s*\"(Oslo|Rome)\"\\s*}"), call.arguments());

        ChatResponse answer = model().maxTokens(4)
                .build()
                .chat(ChatRequest.builder()
                        .messages(PROBLEM, called, ToolExecutionResultMessage.from(call, "sunny"))
                        .toolSpecifications(weather)
                        .toolChoice(ToolChoice.NONE)
                        .build());
        assertEquals(4, answer.tokenUsage().outputTokenCount());
    }

    @Test
    void aSchemaIsKept() {
        ResponseFormat format = ResponseFormat.builder()
                .type(ResponseFormatType.JSON)
                .jsonSchema(JsonSchema.builder()
                        .name("answer")
                        .rootElement(JsonObjectSchema.builder()
                                .addBooleanProperty("solved")
                                .required("solved")
                                .build())
                        .build())
                .build();
        String text = model().strictJsonSchema(true)
                .build()
                .chat(ChatRequest.builder()
                        .messages(PROBLEM)
                        .responseFormat(format)
                        .build())
                .aiMessage()
                .text();
        assertTrue(text.matches("\\{\\s*\"solved\":\\s*(true|false)\\s*}"), text);
    }

    @Test
    void anUnknownModelIsAnErrorOfItsOwn() {
        assertThrows(
                ModelNotFoundException.class,
                () -> model().modelName("no-such-model").build().chat(PROBLEM));
    }
}
