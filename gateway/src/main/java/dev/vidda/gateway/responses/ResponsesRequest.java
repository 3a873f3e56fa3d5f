package dev.vidda.gateway.responses;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vidda.gateway.openai.ApiError;
import dev.vidda.gateway.openai.ApiException;
import dev.vidda.gateway.openai.Json;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A request to {@code POST /v1/responses} as one to {@code /v1/chat/completions}. */
public final class ResponsesRequest {
    private static final Map<String, String> SAME = Map.of(
            "model",
            "model",
            "max_output_tokens",
            "max_completion_tokens",
            "stream",
            "stream",
            "temperature",
            "temperature",
            "top_p",
            "top_p",
            "parallel_tool_calls",
            "parallel_tool_calls",
            "user",
            "user",
            "seed",
            "seed",
            "stop",
            "stop",
            "chat_template_kwargs",
            "chat_template_kwargs");
    /** They need something stored, or would change the result. */
    private static final List<String> REFUSED =
            List.of("previous_response_id", "conversation", "background", "prompt", "max_tool_calls");

    private ResponsesRequest() {}

    /**
     * The same request in OpenAI's older form; what that checks itself is not checked here.
     *
     * @throws ApiException with status 400 that names the first field at fault
     */
    public static ObjectNode toChat(ObjectNode body) {
        for (String name : REFUSED) {
            JsonNode value = body.path(name);
            boolean nothing = value.isMissingNode() || value.isNull() || (value.isBoolean() && !value.booleanValue());
            if (!nothing) {
                throw unsupported(name, "'" + name + "' is not supported: responses are not stored.");
            }
        }
        if (body.path("truncation").asText("disabled").equals("auto")) {
            throw unsupported("truncation", "'truncation' other than 'disabled' is not supported.");
        }
        if (body.path("top_logprobs").asInt(0) > 0) {
            throw unsupported("top_logprobs", "'top_logprobs' is not supported here; use /v1/chat/completions.");
        }
        ObjectNode chat = Json.object();
        SAME.forEach((theirs, ours) -> {
            if (body.hasNonNull(theirs)) {
                chat.set(ours, body.get(theirs));
            }
        });
        ArrayNode messages = chat.putArray("messages");
        if (body.hasNonNull("instructions")) {
            messages.addObject().put("role", "system").set("content", body.get("instructions"));
        }
        input(body.path("input"), messages);
        format(body.path("text").path("format"), chat);
        tools(body, chat);
        return chat;
    }

    private static void input(JsonNode input, ArrayNode messages) {
        if (input.isTextual()) {
            messages.addObject().put("role", "user").set("content", input);
            return;
        }
        if (!(input instanceof ArrayNode items)) {
            String found = input.isMissingNode() || input.isNull()
                    ? "'input' is required: a string or a list of items."
                    : "'input' must be a string or a list of items, but it is "
                            + input.getNodeType().name().toLowerCase(Locale.ROOT) + ".";
            throw new ApiException(ApiError.invalid("input", found));
        }
        for (int i = 0; i < items.size(); i++) {
            item(items.get(i), "input[" + i + "]", messages);
        }
    }

    private static void item(JsonNode item, String path, ArrayNode messages) {
        switch (item.path("type").asText("message")) {
            case "message" -> {
                String role = item.path("role").asText();
                messages.addObject()
                        .put("role", role.equals("developer") ? "system" : role)
                        .put("content", text(item.path("content"), path + ".content"));
            }
            case "function_call" -> {
                ObjectNode last = lastCaller(messages);
                ObjectNode call = last.withArray("/tool_calls")
                        .addObject()
                        .put("id", item.path("call_id").asText())
                        .put("type", "function");
                call.putObject("function")
                        .put("name", item.path("name").asText())
                        .put("arguments", item.path("arguments").asText());
            }
            case "function_call_output" ->
                messages.addObject()
                        .put("role", "tool")
                        .put("tool_call_id", item.path("call_id").asText())
                        .put("content", text(item.path("output"), path + ".output"));
            case "reasoning" -> {}
            default ->
                throw unsupported(
                        path + ".type", "Items of type '" + item.path("type").asText() + "' are not supported.");
        }
    }

    /** Calls of one turn belong to one message. */
    private static ObjectNode lastCaller(ArrayNode messages) {
        if (!messages.isEmpty()
                && messages.get(messages.size() - 1) instanceof ObjectNode last
                && last.path("role").asText().equals("assistant")) {
            return last;
        }
        return messages.addObject().put("role", "assistant").put("content", "");
    }

    private static String text(JsonNode content, String path) {
        if (content.isTextual()) {
            return content.textValue();
        }
        if (!(content instanceof ArrayNode parts)) {
            throw new ApiException(
                    ApiError.invalid(path, "'" + path + "' must be a string or a list of content parts."));
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            String type = parts.get(i).path("type").asText();
            if (!List.of("input_text", "output_text", "text").contains(type)) {
                throw unsupported(path + "[" + i + "].type", "Content of type '" + type + "' is not supported.");
            }
            text.append(i == 0 ? "" : "\n").append(parts.get(i).path("text").asText());
        }
        return text.toString();
    }

    private static void format(JsonNode format, ObjectNode chat) {
        if (!format.isObject()) {
            return;
        }
        ObjectNode ours = chat.putObject("response_format");
        ours.set("type", format.get("type"));
        if (format.path("type").asText().equals("json_schema")) {
            ours.putObject("json_schema").set("schema", format.get("schema"));
        }
    }

    private static void tools(ObjectNode body, ObjectNode chat) {
        JsonNode tools = body.path("tools");
        if (tools.isArray() && !tools.isEmpty()) {
            ArrayNode ours = chat.putArray("tools");
            for (JsonNode tool : tools) {
                ObjectNode each = ours.addObject();
                each.set("type", tool.path("type"));
                ObjectNode function = each.putObject("function");
                for (String field : new String[] {"name", "description", "parameters", "strict"}) {
                    if (tool.hasNonNull(field)) {
                        function.set(field, tool.get(field));
                    }
                }
            }
        }
        JsonNode choice = body.path("tool_choice");
        if (choice.isTextual()) {
            chat.set("tool_choice", choice);
        } else if (choice.isObject()) {
            ObjectNode named = chat.putObject("tool_choice");
            named.set("type", choice.path("type"));
            named.putObject("function").set("name", choice.path("name"));
        }
    }

    private static ApiException unsupported(String path, String message) {
        return new ApiException(ApiError.unsupported(path, message));
    }
}
