package dev.vidda.gateway.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vidda.gateway.openai.ApiError;
import dev.vidda.gateway.openai.ApiException;
import dev.vidda.gateway.openai.Json;
import java.util.List;
import java.util.Map;

/** A request to {@code POST /v1/messages} as one to {@code /v1/chat/completions}. */
public final class MessagesRequest {
    private static final Map<String, String> SAME = Map.of(
            "model",
            "model",
            "max_tokens",
            "max_tokens",
            "stream",
            "stream",
            "temperature",
            "temperature",
            "top_p",
            "top_p",
            "top_k",
            "top_k",
            "stop_sequences",
            "stop");
    private static final List<String> REFUSED =
            List.of("mcp_servers", "container", "context_management", "output_format");

    private MessagesRequest() {}

    /**
     * The same request in OpenAI's form; what that checks itself is not checked here.
     *
     * @param needsLimit whether {@code max_tokens} must be given
     * @throws ApiException with status 400 that names the first field at fault
     */
    public static ObjectNode toChat(ObjectNode body, boolean needsLimit) {
        for (String name : REFUSED) {
            if (body.hasNonNull(name) && !body.get(name).isEmpty()) {
                throw new ApiException(ApiError.unsupported(name, "'" + name + "' is not supported."));
            }
        }
        if (needsLimit && !body.hasNonNull("max_tokens")) {
            throw invalid("max_tokens", "'max_tokens' is required.");
        }
        ObjectNode chat = Json.object();
        SAME.forEach((theirs, ours) -> {
            if (body.hasNonNull(theirs)) {
                chat.set(ours, body.get(theirs));
            }
        });
        if (body.path("metadata").hasNonNull("user_id")) {
            chat.set("user", body.path("metadata").get("user_id"));
        }
        if (body.hasNonNull("thinking")) {
            boolean enabled = !body.path("thinking").path("type").asText().equals("disabled");
            chat.putObject("chat_template_kwargs").put("enable_thinking", enabled);
        }
        messages(body, chat.putArray("messages"));
        tools(body, chat);
        return chat;
    }

    private static void messages(ObjectNode body, ArrayNode into) {
        if (body.hasNonNull("system")) {
            into.addObject().put("role", "system").put("content", text(body.get("system"), "system"));
        }
        if (!(body.get("messages") instanceof ArrayNode messages)) {
            throw invalid("messages", "'messages' must be a list.");
        }
        for (int i = 0; i < messages.size(); i++) {
            String path = "messages[" + i + "]";
            JsonNode message = messages.get(i);
            String role = message.path("role").asText();
            if (!role.equals("user") && !role.equals("assistant")) {
                throw invalid(path + ".role", "'" + path + ".role' must be 'user' or 'assistant'.");
            }
            if (message.path("content").isTextual()) {
                into.addObject().put("role", role).set("content", message.get("content"));
            } else if (message.path("content") instanceof ArrayNode blocks) {
                new BlockReader(path + ".content", role, into).read(blocks);
            } else {
                throw invalid(path + ".content", "'" + path + ".content' must be a string or a list of blocks.");
            }
        }
    }

    /** The text of a string or of a list of text blocks. */
    static String text(JsonNode node, String path) {
        if (node.isTextual()) {
            return node.textValue();
        }
        StringBuilder text = new StringBuilder();
        if (!(node instanceof ArrayNode blocks)) {
            throw invalid(path, "'" + path + "' must be a string or a list of blocks.");
        }
        for (int i = 0; i < blocks.size(); i++) {
            String type = blocks.get(i).path("type").asText();
            if (!type.equals("text")) {
                throw unsupported(path + "[" + i + "]", type);
            }
            text.append(i == 0 ? "" : "\n").append(blocks.get(i).path("text").asText());
        }
        return text.toString();
    }

    private static void tools(ObjectNode body, ObjectNode chat) {
        JsonNode tools = body.path("tools");
        if (tools.isArray() && !tools.isEmpty()) {
            ArrayNode ours = chat.putArray("tools");
            for (int i = 0; i < tools.size(); i++) {
                ours.add(tool(tools.get(i), "tools[" + i + "]"));
            }
        }
        JsonNode choice = body.path("tool_choice");
        if (!choice.isObject()) {
            return;
        }
        switch (choice.path("type").asText()) {
            case "auto" -> chat.put("tool_choice", "auto");
            case "none" -> chat.put("tool_choice", "none");
            case "any" -> chat.put("tool_choice", "required");
            case "tool" ->
                chat.putObject("tool_choice")
                        .put("type", "function")
                        .putObject("function")
                        .set("name", choice.path("name"));
            default -> throw invalid("tool_choice.type", "'tool_choice.type' must be auto, any, tool or none.");
        }
        if (choice.path("disable_parallel_tool_use").asBoolean(false)) {
            chat.put("parallel_tool_calls", false);
        }
    }

    private static ObjectNode tool(JsonNode tool, String path) {
        String type = tool.path("type").asText("custom");
        if (!type.equals("custom")) {
            throw new ApiException(ApiError.unsupported(
                    path + ".type", "Tools of type '" + type + "' are not supported; only 'custom' is."));
        }
        ObjectNode ours = Json.object().put("type", "function");
        ObjectNode function = ours.putObject("function");
        function.set("name", tool.get("name"));
        if (tool.hasNonNull("description")) {
            function.set("description", tool.get("description"));
        }
        if (tool.hasNonNull("input_schema")) {
            function.set("parameters", tool.get("input_schema"));
        }
        if (tool.hasNonNull("strict")) {
            function.set("strict", tool.get("strict"));
        }
        return ours;
    }

    static ApiException invalid(String path, String message) {
        return new ApiException(ApiError.invalid(path, message));
    }

    static ApiException unsupported(String path, String type) {
        return new ApiException(
                ApiError.unsupported(path, "Blocks of type '" + type + "' are not supported at '" + path + "'."));
    }
}
