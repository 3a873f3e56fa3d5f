package dev.vidda.gateway.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the client wants the text to be. */
sealed interface OutputFormat {
    /** Most entries of a choice. */
    int MOST_CHOICES = 10_000;

    /** Any text. */
    record Free() implements OutputFormat {}

    /** A JSON object. */
    record JsonObject(String param) implements OutputFormat {}

    /** JSON that is valid under a schema. */
    record Schema(JsonNode schema, String param) implements OutputFormat {}

    /** Text that a regular expression matches as a whole. */
    record Regex(String pattern, String param) implements OutputFormat {}

    /** One of several texts. */
    record Choice(List<String> texts, String param) implements OutputFormat {
        public Choice {
            texts = List.copyOf(texts);
        }
    }

    /** Reads OpenAI's {@code response_format} and vLLM's {@code structured_outputs} and {@code guided_...}. */
    static OutputFormat read(JsonFields fields) {
        List<OutputFormat> wanted = new ArrayList<>();
        fields.fields("response_format").ifPresent(format -> wanted.add(responseFormat(format)));
        fields.fields("structured_outputs").ifPresent(format -> guided(format, "", wanted));
        guided(fields, "guided_", wanted);
        wanted.removeIf(format -> format instanceof Free);
        if (wanted.size() > 1) {
            throw new ApiException(ApiError.invalid(
                    "response_format", "Only one of 'response_format' and the other output formats may be given."));
        }
        if (wanted.isEmpty()) {
            return new Free();
        }
        checkEnding(fields);
        return wanted.getFirst();
    }

    /** An answer that must follow a grammar ends where that ends. */
    private static void checkEnding(JsonFields fields) {
        if (fields.integer("min_tokens", 0, Integer.MAX_VALUE, 0) > 0) {
            throw new ApiException(ApiError.unsupported(
                    "min_tokens", "'min_tokens' is not supported together with an output format."));
        }
        if (fields.flag("ignore_eos", false)) {
            throw new ApiException(ApiError.unsupported(
                    "ignore_eos", "'ignore_eos' is not supported together with an output format."));
        }
    }

    private static OutputFormat responseFormat(JsonFields format) {
        String type = format.text("type").orElseThrow(() -> missing(format.pathOf("type")));
        return switch (type) {
            case "text" -> new Free();
            case "json_object" -> new JsonObject("response_format");
            case "json_schema" -> {
                JsonFields holder =
                        format.fields("json_schema").orElseThrow(() -> missing(format.pathOf("json_schema")));
                JsonNode schema = holder.value("schema").orElseThrow(() -> missing(holder.pathOf("schema")));
                yield new Schema(schema, holder.pathOf("schema"));
            }
            default ->
                throw new ApiException(ApiError.unsupported(
                        format.pathOf("type"),
                        "'response_format' of type '" + type
                                + "' is not supported; 'text', 'json_object' and 'json_schema' are."));
        };
    }

    private static void guided(JsonFields fields, String prefix, List<OutputFormat> wanted) {
        Optional<JsonNode> json = fields.value(prefix + "json");
        json.ifPresent(schema -> wanted.add(new Schema(parsed(schema), fields.pathOf(prefix + "json"))));
        fields.text(prefix + "regex")
                .ifPresent(pattern -> wanted.add(new Regex(pattern, fields.pathOf(prefix + "regex"))));
        fields.list(prefix + "choice")
                .ifPresent(list -> wanted.add(
                        new Choice(texts(list, fields.pathOf(prefix + "choice")), fields.pathOf(prefix + "choice"))));
        if (!prefix.isEmpty()) {
            return;
        }
        if (fields.flag("json_object", false)) {
            wanted.add(new JsonObject(fields.pathOf("json_object")));
        }
        for (String name : List.of("grammar", "structural_tag")) {
            fields.value(name).ifPresent(ignored -> {
                throw new ApiException(
                        ApiError.unsupported(fields.pathOf(name), "'" + fields.pathOf(name) + "' is not supported."));
            });
        }
    }

    private static JsonNode parsed(JsonNode schema) {
        return schema.isTextual() ? Json.object(schema.textValue().getBytes(StandardCharsets.UTF_8)) : schema;
    }

    private static List<String> texts(ArrayNode list, String path) {
        if (list.isEmpty() || list.size() > MOST_CHOICES) {
            throw new ApiException(ApiError.invalid(
                    path,
                    "'" + path + "' must have between 1 and " + MOST_CHOICES + " entries, but it has " + list.size()
                            + "."));
        }
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            texts.add(JsonFields.text(list.get(i), path + "[" + i + "]"));
        }
        return texts;
    }

    private static ApiException missing(String path) {
        return new ApiException(ApiError.invalid(path, "'" + path + "' is required."));
    }
}
