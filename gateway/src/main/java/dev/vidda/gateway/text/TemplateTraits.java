package dev.vidda.gateway.text;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * In which form a template takes what the OpenAI API allows in several forms. Found out by rendering small
 * conversations when the template is loaded, and looking for what was in them: this holds whatever way the template is
 * written in.
 *
 * @param content the form of a message's content
 * @param argumentsAsObject whether the arguments of a tool call are an object to the template, rather than JSON text
 * @param nullContent whether content may be null beside tool calls; otherwise it is given as an empty string
 */
record TemplateTraits(Content content, boolean argumentsAsObject, boolean nullContent) {

    /** Forms of a message's content. */
    enum Content {
        STRING,
        PARTS,
        EITHER
    }

    /** Renders a conversation in which one tool, {@code probe}, is on offer; empty where the template fails. */
    @FunctionalInterface
    interface Rendering {
        Optional<String> of(List<Map<String, @Nullable Object>> messages);
    }

    private static final String TEXT = "q1probe9";
    private static final Map<String, Object> ARGUMENTS = Map.of("probe_key", "probe_value");
    private static final String ARGUMENTS_TEXT = "{\"probe_key\": \"probe_value\"}";

    static TemplateTraits of(Rendering rendering) {
        boolean asObject = takesObject(rendering);
        return new TemplateTraits(content(rendering), asObject, takesNull(rendering, asObject));
    }

    private static Content content(Rendering rendering) {
        boolean takesString = shows(rendering, TEXT);
        boolean takesParts = shows(rendering, List.of(Map.of("type", "text", "text", TEXT)));
        return takesParts ? (takesString ? Content.EITHER : Content.PARTS) : Content.STRING;
    }

    /** Whether a text appears as text, rather than inside of a printed list, after a system message or without one. */
    private static boolean shows(Rendering rendering, Object content) {
        return rendering
                .of(List.of(message("user", content)))
                .or(() -> rendering.of(List.of(message("system", content), message("user", content))))
                .filter(text -> text.contains(TEXT) && !text.contains("'" + TEXT) && !text.contains("\"" + TEXT))
                .isPresent();
    }

    private static boolean takesObject(Rendering rendering) {
        boolean asObject = rendering
                .of(call(ARGUMENTS, ""))
                .filter(text -> text.contains("probe_value") && !text.contains("'probe_key'"))
                .isPresent();
        boolean asText = rendering
                .of(call(ARGUMENTS_TEXT, ""))
                .filter(text -> text.contains(ARGUMENTS_TEXT))
                .isPresent();
        return asObject || !asText;
    }

    private static boolean takesNull(Rendering rendering, boolean asObject) {
        return rendering
                .of(call(asObject ? ARGUMENTS : ARGUMENTS_TEXT, null))
                .filter(text -> !text.contains("None"))
                .isPresent();
    }

    private static List<Map<String, @Nullable Object>> call(Object arguments, @Nullable String content) {
        Map<String, @Nullable Object> call = message("assistant", content);
        call.put(
                "tool_calls",
                List.of(Map.of(
                        "id", "probe1234",
                        "type", "function",
                        "function", Map.of("name", "probe", "arguments", arguments))));
        return List.of(message("user", TEXT), call);
    }

    private static Map<String, @Nullable Object> message(String role, @Nullable Object content) {
        Map<String, @Nullable Object> message = new HashMap<>();
        message.put("role", role);
        message.put("content", content);
        return message;
    }
}
