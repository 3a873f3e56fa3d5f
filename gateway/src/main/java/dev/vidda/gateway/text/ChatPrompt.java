package dev.vidda.gateway.text;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A conversation to render: plain maps, lists, strings, numbers, booleans and nulls, as a JSON parser gives them.
 *
 * @param messages each with a {@code role}, and with {@code content}, {@code tool_calls} and whatever else the template knows, in
 *     the form of the OpenAI API
 * @param tools the tools on offer, in the form of the OpenAI API; empty for none
 * @param addGenerationPrompt whether the text ends with the beginning of the assistant's answer
 * @param variables more for the template to see, such as {@code enable_thinking}
 */
public record ChatPrompt(
        List<? extends Map<String, ? extends @Nullable Object>> messages,
        List<? extends Map<String, ? extends @Nullable Object>> tools,
        boolean addGenerationPrompt,
        Map<String, ? extends @Nullable Object> variables) {

    /** A conversation without tools or variables, the assistant being next. */
    public static ChatPrompt of(List<? extends Map<String, ? extends @Nullable Object>> messages) {
        return new ChatPrompt(messages, List.of(), true, Map.of());
    }
}
