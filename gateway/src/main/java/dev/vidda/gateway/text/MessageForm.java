package dev.vidda.gateway.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Brings messages of the OpenAI API into the form that a template takes. */
record MessageForm(TemplateTraits traits) {

    private static final ObjectMapper JSON = JsonMapper.builder().build();
    /** What OpenAI calls the system's role now. */
    private static final String DEVELOPER = "developer";

    List<Map<String, @Nullable Object>> apply(List<? extends Map<String, ? extends @Nullable Object>> messages) {
        List<Map<String, @Nullable Object>> formed = new ArrayList<>(messages.size());
        for (int i = 0; i < messages.size(); i++) {
            formed.add(message(messages.get(i), "messages[" + i + "]"));
        }
        return formed;
    }

    private Map<String, @Nullable Object> message(Map<String, ? extends @Nullable Object> message, String place) {
        Map<String, @Nullable Object> formed = new LinkedHashMap<>(message);
        boolean calls = formed.get("tool_calls") instanceof List<?> list && !list.isEmpty();
        if (traits.developerAsSystem() && DEVELOPER.equals(formed.get("role"))) {
            formed.put("role", "system");
        }
        formed.put("content", content(formed.get("content"), calls, place + ".content"));
        if (formed.get("tool_calls") instanceof List<?> toolCalls) {
            formed.put("tool_calls", toolCalls(toolCalls, place + ".tool_calls"));
        }
        return formed;
    }

    private @Nullable Object content(@Nullable Object content, boolean calls, String place) {
        return switch (content) {
            case null -> calls && traits.noContent() != TemplateTraits.NoContent.EMPTY ? null : "";
            case String text
            when text.isEmpty() && calls && traits.noContent() == TemplateTraits.NoContent.NULL -> null;
            case String text
            when traits.content() == TemplateTraits.Content.PARTS -> List.of(Map.of("type", "text", "text", text));
            case List<?> parts when traits.content() == TemplateTraits.Content.STRING -> flatten(parts, place);
            case List<?> parts -> {
                flatten(parts, place);
                yield parts;
            }
            default -> content;
        };
    }

    /** The texts of all parts, one to a line. */
    private static String flatten(List<?> parts, String place) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            boolean isText = parts.get(i) instanceof Map<?, ?> part
                    && "text".equals(part.get("type"))
                    && part.get("text") instanceof String text
                    && texts.add(text);
            if (!isText) {
                throw new ChatTemplateException(place + "[" + i
                        + "] is not a text part {\"type\": \"text\", \"text\": \"...\"}; the model takes text only");
            }
        }
        return String.join("\n", texts);
    }

    private List<Object> toolCalls(List<?> calls, String place) {
        List<Object> formed = new ArrayList<>(calls.size());
        for (int i = 0; i < calls.size(); i++) {
            String callPlace = place + "[" + i + "]";
            if (!(calls.get(i) instanceof Map<?, ?> call)) {
                throw new ChatTemplateException(callPlace + " is not an object");
            }
            Map<Object, @Nullable Object> copy = new LinkedHashMap<>(call);
            if (copy.get("function") instanceof Map<?, ?> function) {
                copy.put("function", function(function, callPlace + ".function.arguments"));
            }
            formed.add(copy);
        }
        return formed;
    }

    private Map<Object, @Nullable Object> function(Map<?, ?> function, String place) {
        Map<Object, @Nullable Object> copy = new LinkedHashMap<>(function);
        Object arguments = copy.get("arguments");
        try {
            if (traits.argumentsAsObject() && arguments instanceof String text) {
                copy.put("arguments", text.isBlank() ? Map.of() : object(text));
            } else if (!traits.argumentsAsObject() && arguments instanceof Map<?, ?> map) {
                copy.put("arguments", JSON.writeValueAsString(map));
            }
        } catch (JsonProcessingException e) {
            throw new ChatTemplateException(place + " is not a JSON object: " + e.getOriginalMessage(), e);
        }
        return copy;
    }

    private static Map<String, Object> object(String text) throws JsonProcessingException {
        return JSON.readValue(text, new TypeReference<>() {});
    }
}
