package dev.vidda.gateway.message;

import java.util.Optional;
import java.util.Set;

/**
 * How a model writes what is not plain content.
 *
 * @param tools how it writes tool calls; empty for one whose template takes no tools
 * @param reasons whether it may reason between {@code <think>} and {@code </think>}
 */
public record Dialect(Optional<ToolFormat> tools, boolean reasons) {
    /** Content only. */
    public static final Dialect PLAIN = new Dialect(Optional.empty(), false);

    /** What a chat template tells: it writes earlier calls and reasoning as the model does. */
    public static Dialect of(String template) {
        Optional<ToolFormat> tools = Optional.empty();
        if (template.contains("tools")) {
            if (template.contains("<｜tool▁calls▁begin｜>")) {
                tools = Optional.of(template.contains("```json") ? ToolFormat.DEEPSEEK : ToolFormat.DEEPSEEK_V31);
            } else if (template.contains("<tool_call>")) {
                tools = Optional.of(ToolFormat.HERMES);
            } else if (template.contains("<|python_tag|>") || template.contains("\"parameters\": ")) {
                tools = Optional.of(ToolFormat.LLAMA3);
            }
        }
        return new Dialect(tools, template.contains("</think>"));
    }

    /** Where reasoning stands in an answer to {@code prompt}. */
    public Reasoning reasoning(String prompt) {
        if (!reasons) {
            return Reasoning.NONE;
        }
        String end = prompt.substring(Math.max(0, prompt.length() - 64)).stripTrailing();
        if (end.endsWith(ReasoningSplit.BEGIN.text())) {
            return Reasoning.OPEN;
        }
        return end.endsWith(ReasoningSplit.END.text()) ? Reasoning.NONE : Reasoning.MAYBE;
    }

    /** How answers to {@code prompt} are to be read when the functions of {@code names} are on offer. */
    public MessageStyle style(String prompt, Set<String> names, int mostCalls, boolean namedCall) {
        return new MessageStyle(
                reasoning(prompt), names.isEmpty() ? Optional.empty() : tools, names, mostCalls, namedCall);
    }
}
