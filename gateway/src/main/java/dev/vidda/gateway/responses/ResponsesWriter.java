package dev.vidda.gateway.responses;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vidda.gateway.openai.AnswerHead;
import dev.vidda.gateway.openai.ApiError;
import dev.vidda.gateway.openai.Ending;
import dev.vidda.gateway.openai.EventWriter;
import dev.vidda.gateway.openai.Json;
import dev.vidda.gateway.openai.Message;
import dev.vidda.gateway.openai.Usage;
import java.util.List;

/** An answer as the Responses API writes it. */
public final class ResponsesWriter implements EventWriter {
    /** Fields of the request that the response repeats, and what they are when they were not given. */
    private static final ObjectNode DEFAULTS = defaults();

    private final AnswerHead head;
    private final ObjectNode request;
    private final Sink sink;
    private int number;

    /** @param request what the client sent */
    public ResponsesWriter(AnswerHead head, ObjectNode request, Sink sink) {
        this.head = head;
        this.request = request;
        this.sink = sink;
    }

    private static ObjectNode defaults() {
        ObjectNode defaults = Json.object();
        defaults.putNull("instructions").putNull("max_output_tokens");
        defaults.putObject("metadata");
        defaults.put("parallel_tool_calls", true);
        defaults.putObject("reasoning").putNull("effort").putNull("summary");
        defaults.put("temperature", 1.0);
        defaults.putObject("text").putObject("format").put("type", "text");
        defaults.put("tool_choice", "auto");
        defaults.putArray("tools");
        defaults.put("top_p", 1.0).put("truncation", "disabled").putNull("user");
        return defaults;
    }

    @Override
    public void begin(Usage usage) {
        for (String type : List.of("response.created", "response.in_progress")) {
            event(type).set("response", response("in_progress", new Message()));
            send();
        }
    }

    private ObjectNode current = Json.object();

    private ObjectNode event(String type) {
        current = Json.object().put("type", type).put("sequence_number", number++);
        return current;
    }

    private void send() {
        sink.event(current);
    }

    @Override
    public void begun(int index, Message.Block block) {
        event("response.output_item.added").put("output_index", index).set("item", item(index, block, false));
        send();
        if (block.kind() != Message.Kind.CALL) {
            place("response.content_part.added", index).set("part", part(block, ""));
            send();
        }
    }

    @Override
    public void grown(int index, Message.Block block, String added) {
        switch (block.kind()) {
            case TEXT ->
                place("response.output_text.delta", index).put("delta", added).putArray("logprobs");
            case REASONING -> place("response.reasoning_text.delta", index).put("delta", added);
            case CALL ->
                event("response.function_call_arguments.delta")
                        .put("item_id", itemId(index, block))
                        .put("output_index", index)
                        .put("delta", added);
        }
        send();
    }

    @Override
    public void ended(int index, Message.Block block) {
        switch (block.kind()) {
            case TEXT ->
                place("response.output_text.done", index)
                        .put("text", block.text())
                        .putArray("logprobs");
            case REASONING -> place("response.reasoning_text.done", index).put("text", block.text());
            case CALL ->
                event("response.function_call_arguments.done")
                        .put("item_id", itemId(index, block))
                        .put("output_index", index)
                        .put("name", block.name())
                        .put("arguments", block.text());
        }
        send();
        if (block.kind() != Message.Kind.CALL) {
            place("response.content_part.done", index).set("part", part(block, block.text()));
            send();
        }
        event("response.output_item.done").put("output_index", index).set("item", item(index, block, true));
        send();
    }

    private ObjectNode place(String type, int index) {
        return event(type)
                .put("item_id", "item_" + head.callId(0, index))
                .put("output_index", index)
                .put("content_index", 0);
    }

    @Override
    public void end(Message message, Ending ending, Usage usage) {
        ObjectNode response = whole(message, ending, usage);
        event("response." + response.path("status").asText()).set("response", response);
        send();
    }

    @Override
    public void fail(ApiError error) {
        ObjectNode response = response("failed", new Message());
        response.putObject("error")
                .put("code", error.code() == null ? error.type() : error.code())
                .put("message", error.message());
        event("error").put("code", error.code()).put("message", error.message()).put("param", error.param());
        send();
        event("response.failed").set("response", response);
        send();
    }

    @Override
    public ObjectNode whole(Message message, Ending ending, Usage usage) {
        boolean cut = ending.reason().equals("length");
        ObjectNode response = response(cut ? "incomplete" : "completed", message);
        if (cut) {
            response.putObject("incomplete_details").put("reason", "max_output_tokens");
        }
        ObjectNode counts = response.putObject("usage").put("input_tokens", usage.prompt());
        counts.putObject("input_tokens_details").put("cached_tokens", usage.cached());
        counts.put("output_tokens", usage.completion());
        counts.putObject("output_tokens_details").put("reasoning_tokens", usage.reasoning());
        counts.put("total_tokens", usage.prompt() + usage.completion());
        return response;
    }

    private ObjectNode response(String status, Message message) {
        ObjectNode response = Json.object()
                .put("id", head.id())
                .put("object", "response")
                .put("created_at", head.createdEpochSeconds())
                .put("status", status)
                .putNull("error")
                .putNull("incomplete_details")
                .put("model", head.model());
        ArrayNode output = response.putArray("output");
        List<Message.Block> blocks = message.blocks();
        for (int i = 0; i < blocks.size(); i++) {
            output.add(item(i, blocks.get(i), true));
        }
        DEFAULTS.properties()
                .forEach(field -> response.set(
                        field.getKey(),
                        request.hasNonNull(field.getKey()) ? request.get(field.getKey()) : field.getValue()));
        return response.putNull("previous_response_id").put("store", false).putNull("usage");
    }

    private ObjectNode item(int index, Message.Block block, boolean done) {
        ObjectNode item = Json.object().put("id", itemId(index, block));
        String status = done ? "completed" : "in_progress";
        switch (block.kind()) {
            case CALL ->
                item.put("type", "function_call")
                        .put("status", status)
                        .put("call_id", head.callId(0, index))
                        .put("name", block.name())
                        .put("arguments", done ? block.text() : "");
            case TEXT -> {
                item.put("type", "message").put("status", status).put("role", "assistant");
                ArrayNode content = item.putArray("content");
                if (done) {
                    content.add(part(block, block.text()));
                }
            }
            case REASONING -> {
                item.put("type", "reasoning").put("status", status).putArray("summary");
                ArrayNode content = item.putArray("content");
                if (done) {
                    content.add(part(block, block.text()));
                }
            }
        }
        return item;
    }

    private String itemId(int index, Message.Block block) {
        return "item_" + head.callId(0, index);
    }

    private static ObjectNode part(Message.Block block, String text) {
        ObjectNode part = Json.object();
        if (block.kind() == Message.Kind.REASONING) {
            return part.put("type", "reasoning_text").put("text", text);
        }
        part.put("type", "output_text").put("text", text);
        part.putArray("annotations");
        part.putArray("logprobs");
        return part;
    }
}
