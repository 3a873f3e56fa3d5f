package dev.vidda.gateway.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vidda.gateway.openai.Json;

/** Content blocks of one message as messages in OpenAI's form: results of tools become messages of their own. */
final class BlockReader {
    private final String path;
    private final String role;
    private final ArrayNode into;
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder reasoning = new StringBuilder();
    private final ArrayNode calls = Json.MAPPER.createArrayNode();

    BlockReader(String path, String role, ArrayNode into) {
        this.path = path;
        this.role = role;
        this.into = into;
    }

    void read(ArrayNode blocks) {
        boolean results = false;
        for (int i = 0; i < blocks.size(); i++) {
            JsonNode block = blocks.get(i);
            String type = block.path("type").asText();
            switch (type) {
                case "text" ->
                    text.append(text.isEmpty() ? "" : "\n")
                            .append(block.path("text").asText());
                case "thinking" -> reasoning.append(block.path("thinking").asText());
                case "redacted_thinking" -> {}
                case "tool_use" -> call(block);
                case "tool_result" -> {
                    results = true;
                    into.addObject()
                            .put("role", "tool")
                            .put("tool_call_id", block.path("tool_use_id").asText())
                            .put("content", result(block, path + "[" + i + "]"));
                }
                default -> throw MessagesRequest.unsupported(path + "[" + i + "]", type);
            }
        }
        if (results && text.isEmpty() && calls.isEmpty()) {
            return;
        }
        ObjectNode message = into.addObject().put("role", role).put("content", text.toString());
        if (!reasoning.isEmpty()) {
            message.put("reasoning_content", reasoning.toString());
        }
        if (!calls.isEmpty()) {
            message.set("tool_calls", calls);
        }
    }

    private void call(JsonNode block) {
        ObjectNode call = calls.addObject().put("id", block.path("id").asText()).put("type", "function");
        call.putObject("function")
                .put("name", block.path("name").asText())
                .put(
                        "arguments",
                        block.path("input").isMissingNode()
                                ? "{}"
                                : block.path("input").toString());
    }

    private static String result(JsonNode block, String path) {
        JsonNode content = block.path("content");
        String text =
                content.isMissingNode() || content.isNull() ? "" : MessagesRequest.text(content, path + ".content");
        return block.path("is_error").asBoolean(false) ? "Error: " + text : text;
    }
}
