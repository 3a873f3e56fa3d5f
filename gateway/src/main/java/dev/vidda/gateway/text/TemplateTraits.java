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
 * @param noContent what stands for absent content beside tool calls
 * @param developerAsSystem whether a developer's message has to become a system message, as the template would leave it
 *     out or refuse it
 */
record TemplateTraits(Content content, boolean argumentsAsObject, NoContent noContent, boolean developerAsSystem) {

    /** Forms of a message's content. */
    enum Content {
        STRING,
        PARTS,
        EITHER
    }

    /** What a template expects beside tool calls where there is no content. */
    enum NoContent {
        NULL,
        EMPTY,
        EITHER
    }

    /** Renders a conversation, with one tool on offer or none; empty where the template fails. */
    @FunctionalInterface
    interface Rendering {
        Optional<String> of(List<Map<String, @Nullable Object>> messages, boolean withTool);
    }

    private static final String TEXT = "q1probe9";
    private static final Map<String, Object> ARGUMENTS = Map.of("probe_key", "probe_value");
    private static final String ARGUMENTS_TEXT = "{\"probe_key\": \"probe_value\"}";

    static TemplateTraits of(Rendering rendering) {
        Content content = content(rendering);
        boolean developerAsSystem = !showsRole(rendering, content, "developer").orElse(false)
                && showsRole(rendering, content, "system").orElse(false);
        for (boolean asObject : new boolean[] {true, false}) {
            boolean takesNull = showsCall(rendering, asObject, true);
            boolean takesEmpty = showsCall(rendering, asObject, false);
            if (takesNull || takesEmpty) {
                NoContent noContent = takesNull ? takesEmpty ? NoContent.EITHER : NoContent.NULL : NoContent.EMPTY;
                return new TemplateTraits(content, asObject, noContent, developerAsSystem);
            }
        }
        NoContent noContent = rendersNull(rendering) ? NoContent.EITHER : NoContent.EMPTY;
        return new TemplateTraits(content, true, noContent, developerAsSystem);
    }

    /** Whether the text of a message of that role appears; empty where the template refuses it. */
    static Optional<Boolean> showsRole(Rendering rendering, Content content, String role) {
        boolean first = role.equals("system") || role.equals("developer");
        Map<String, @Nullable Object> message = message(role, text(content, TEXT));
        Map<String, @Nullable Object> user = message("user", text(content, "Hi"));
        return rendering
                .of(first ? List.of(message, user) : List.of(user, message), false)
                .map(text -> text.contains(TEXT));
    }

    private static Object text(Content content, String text) {
        return content == Content.PARTS ? List.of(Map.of("type", "text", "text", text)) : text;
    }

    private static Content content(Rendering rendering) {
        boolean takesString = showsText(rendering, TEXT);
        boolean takesParts = showsText(rendering, text(Content.PARTS, TEXT));
        return takesParts ? (takesString ? Content.EITHER : Content.PARTS) : Content.STRING;
    }

    /** Whether a text appears as text, rather than inside of a printed list, after a system message or without one. */
    private static boolean showsText(Rendering rendering, Object content) {
        return rendering
                .of(List.of(message("user", content)), false)
                .or(() -> rendering.of(List.of(message("system", content), message("user", content)), false))
                .filter(text -> text.contains(TEXT) && !text.contains("'" + TEXT) && !text.contains("\"" + TEXT))
                .isPresent();
    }

    /** Whether the arguments of a tool call appear as JSON or as text, and a null beside them not as a word. */
    private static boolean showsCall(Rendering rendering, boolean asObject, boolean nullContent) {
        Optional<String> text = rendering.of(call(asObject, nullContent), true);
        boolean shows = text.filter(
                        asObject
                                ? t -> t.contains("probe_value") && !t.contains("'probe_key'")
                                : t -> t.contains(ARGUMENTS_TEXT))
                .isPresent();
        return shows && (!nullContent || nones(text) <= nones(rendering.of(call(asObject, false), true)));
    }

    private static boolean rendersNull(Rendering rendering) {
        Optional<String> text = rendering.of(call(true, true), true);
        return text.isPresent() && nones(text) <= nones(rendering.of(call(true, false), true));
    }

    private static int nones(Optional<String> text) {
        return text.orElse("").split("None", -1).length;
    }

    private static List<Map<String, @Nullable Object>> call(boolean asObject, boolean nullContent) {
        Map<String, @Nullable Object> call = message("assistant", nullContent ? null : "");
        call.put(
                "tool_calls",
                List.of(Map.of(
                        "id", "probe1234",
                        "type", "function",
                        "function", Map.of("name", "probe", "arguments", asObject ? ARGUMENTS : ARGUMENTS_TEXT))));
        return List.of(message("user", TEXT), call);
    }

    private static Map<String, @Nullable Object> message(String role, @Nullable Object content) {
        Map<String, @Nullable Object> message = new HashMap<>();
        message.put("role", role);
        message.put("content", content);
        return message;
    }
}
