package dev.vidda.gateway.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the messages of a chat. Which roles exist and in which order they may come is the template's business, and so is
 * the form in which it takes content and tool calls.
 */
final class ChatMessages {
    private ChatMessages() {}

    static List<Map<String, @Nullable Object>> read(JsonFields fields, int limit) {
        ArrayNode list = fields.list("messages").orElseThrow(() -> missing("messages"));
        if (list.isEmpty() || list.size() > limit) {
            throw new ApiException(ApiError.invalid(
                    "messages",
                    "'messages' must have between 1 and " + limit + " entries, but it has " + list.size() + "."));
        }
        List<Map<String, @Nullable Object>> messages = new ArrayList<>(list.size());
        for (int i = 0; i < list.size(); i++) {
            messages.add(message(JsonFields.fields(list.get(i), "messages[" + i + "]")));
        }
        return messages;
    }

    private static Map<String, @Nullable Object> message(JsonFields fields) {
        String role = fields.text("role").orElseThrow(() -> missing(fields.pathOf("role")));
        boolean calls =
                fields.list("tool_calls").filter(list -> !list.isEmpty()).isPresent();
        JsonNode content = fields.value("content").orElse(null);
        if (content != null) {
            checkContent(content, fields.pathOf("content"));
        } else if (!calls || !role.equals("assistant")) {
            throw missing(fields.pathOf("content"));
        }
        fields.text("name");
        fields.text("tool_call_id");
        if (calls) {
            checkCalls(fields);
        }
        Map<String, @Nullable Object> message = Json.plainMap(fields.object());
        message.putIfAbsent("content", null);
        return message;
    }

    private static void checkCalls(JsonFields fields) {
        ArrayNode calls = fields.list("tool_calls").orElseThrow();
        for (int i = 0; i < calls.size(); i++) {
            JsonFields call = JsonFields.fields(calls.get(i), fields.pathOf("tool_calls") + "[" + i + "]");
            JsonFields function = call.fields("function").orElseThrow(() -> missing(call.pathOf("function")));
            if (function.text("name").isEmpty()) {
                throw missing(function.pathOf("name"));
            }
            JsonNode arguments = function.value("arguments").orElse(null);
            if (arguments != null && !arguments.isTextual() && !arguments.isObject()) {
                throw JsonFields.wrongType(
                        function.pathOf("arguments"), "a string that holds a JSON object", arguments);
            }
        }
    }

    private static void checkContent(JsonNode content, String path) {
        if (content.isTextual()) {
            JsonFields.text(content, path);
            return;
        }
        if (!(content instanceof ArrayNode parts)) {
            throw JsonFields.wrongType(path, "a string or a list of parts", content);
        }
        for (int i = 0; i < parts.size(); i++) {
            JsonFields part = JsonFields.fields(parts.get(i), path + "[" + i + "]");
            String type = part.text("type").orElseThrow(() -> missing(part.pathOf("type")));
            if (!type.equals("text")) {
                throw new ApiException(ApiError.unsupported(
                        part.pathOf("type"),
                        "Content parts of type '" + type + "' are not supported; only 'text' is."));
            }
            if (part.text("text").isEmpty()) {
                throw missing(part.pathOf("text"));
            }
        }
    }

    private static ApiException missing(String path) {
        return new ApiException(ApiError.invalid(path, "'" + path + "' is required."));
    }
}
