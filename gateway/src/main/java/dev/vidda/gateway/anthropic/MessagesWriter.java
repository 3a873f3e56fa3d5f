package dev.vidda.gateway.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vidda.gateway.openai.AnswerHead;
import dev.vidda.gateway.openai.ApiError;
import dev.vidda.gateway.openai.ApiException;
import dev.vidda.gateway.openai.Ending;
import dev.vidda.gateway.openai.EventWriter;
import dev.vidda.gateway.openai.Json;
import dev.vidda.gateway.openai.Message;
import dev.vidda.gateway.openai.Usage;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** An answer as Anthropic writes it. */
public final class MessagesWriter implements EventWriter {
    private final AnswerHead head;
    private final Sink sink;

    public MessagesWriter(AnswerHead head, Sink sink) {
        this.head = head;
        this.sink = sink;
    }

    /** {@code {"type": "error", "error": {"type", "message"}, "request_id"}}. */
    public static ObjectNode error(ApiError error, @Nullable String requestId) {
        ObjectNode root = Json.object().put("type", "error");
        root.putObject("error").put("type", errorType(error)).put("message", error.message());
        if (requestId != null) {
            root.put("request_id", requestId);
        }
        return root;
    }

    private static String errorType(ApiError error) {
        return switch (error.status()) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 503, 504 -> "overloaded_error";
            default -> error.status() >= 500 ? "api_error" : "invalid_request_error";
        };
    }

    @Override
    public void begin(Usage usage) {
        ObjectNode event = Json.object().put("type", "message_start");
        event.set("message", message(null, usage));
        sink.event(event);
    }

    @Override
    public void begun(int index, Message.Block block) {
        ObjectNode event = Json.object().put("type", "content_block_start").put("index", index);
        ObjectNode content = event.putObject("content_block");
        switch (block.kind()) {
            case TEXT -> content.put("type", "text").put("text", "");
            case REASONING ->
                content.put("type", "thinking").put("thinking", "").put("signature", "");
            case CALL ->
                content.put("type", "tool_use")
                        .put("id", head.callId(0, index))
                        .put("name", block.name())
                        .putObject("input");
        }
        sink.event(event);
    }

    @Override
    public void grown(int index, Message.Block block, String added) {
        ObjectNode event = Json.object().put("type", "content_block_delta").put("index", index);
        ObjectNode delta = event.putObject("delta");
        switch (block.kind()) {
            case TEXT -> delta.put("type", "text_delta").put("text", added);
            case REASONING -> delta.put("type", "thinking_delta").put("thinking", added);
            case CALL -> delta.put("type", "input_json_delta").put("partial_json", added);
        }
        sink.event(event);
    }

    @Override
    public void ended(int index, Message.Block block) {
        sink.event(Json.object().put("type", "content_block_stop").put("index", index));
    }

    @Override
    public void end(Message message, Ending ending, Usage usage) {
        ObjectNode event = Json.object().put("type", "message_delta");
        stop(event.putObject("delta"), message, ending);
        event.set("usage", usage(usage));
        sink.event(event);
        sink.event(Json.object().put("type", "message_stop"));
    }

    @Override
    public void fail(ApiError error) {
        sink.event(error(error, null));
    }

    @Override
    public ObjectNode whole(Message message, Ending ending, Usage usage) {
        ObjectNode root = message(null, usage);
        ArrayNode content = root.putArray("content");
        for (int i = 0; i < message.blocks().size(); i++) {
            Message.Block block = message.blocks().get(i);
            switch (block.kind()) {
                case TEXT -> content.addObject().put("type", "text").put("text", block.text());
                case REASONING ->
                    content.addObject()
                            .put("type", "thinking")
                            .put("thinking", block.text())
                            .put("signature", "");
                case CALL ->
                    content.addObject()
                            .put("type", "tool_use")
                            .put("id", head.callId(0, i))
                            .put("name", block.name())
                            .set("input", input(block.text()));
            }
        }
        stop(root, message, ending);
        return root;
    }

    /** Arguments that are no JSON, such as those of a call that was cut off, stay text. */
    private static JsonNode input(String arguments) {
        try {
            return Json.object(arguments.getBytes(StandardCharsets.UTF_8));
        } catch (ApiException e) {
            return Json.object().put("text", arguments);
        }
    }

    private ObjectNode message(@Nullable String stopReason, Usage usage) {
        ObjectNode message = Json.object()
                .put("id", head.id())
                .put("type", "message")
                .put("role", "assistant")
                .put("model", head.model());
        message.putArray("content");
        message.put("stop_reason", stopReason).putNull("stop_sequence");
        message.set("usage", usage(usage));
        return message;
    }

    private static void stop(ObjectNode into, Message message, Ending ending) {
        boolean calls = message.blocks().stream().anyMatch(block -> block.kind() == Message.Kind.CALL);
        String reason = ending.reason().equals("length")
                ? "max_tokens"
                : calls ? "tool_use" : ending.stopString() != null ? "stop_sequence" : "end_turn";
        into.put("stop_reason", reason).put("stop_sequence", ending.stopString());
    }

    private static ObjectNode usage(Usage usage) {
        return Json.object()
                .put("input_tokens", usage.prompt() - usage.cached())
                .put("cache_creation_input_tokens", 0)
                .put("cache_read_input_tokens", usage.cached())
                .put("output_tokens", usage.completion());
    }
}
