package dev.vidda.gateway.message;

import java.util.List;
import java.util.Set;

/** How a model writes tool calls. */
public enum ToolFormat {
    /** Qwen 2.5, Qwen 3, Hermes: JSON objects between {@code <tool_call>} markers. */
    HERMES(List.of("<tool_call>", "</tool_call>")),
    /** Llama 3.1 and later: the whole message is a JSON object with name and parameters. */
    LLAMA3(List.of("<|python_tag|>")),
    /** DeepSeek V3 and R1: arguments in a fenced block. */
    DEEPSEEK(DeepSeekCalls.MARKERS),
    /** DeepSeek V3.1: arguments as they are. */
    DEEPSEEK_V31(DeepSeekCalls.MARKERS);

    private final List<String> markers;

    ToolFormat(List<String> markers) {
        this.markers = markers;
    }

    /** Tokens that structure calls: they must reach the parser even where they are special. */
    public List<String> markers() {
        return markers;
    }

    CallReader reader(Set<String> names) {
        return switch (this) {
            case HERMES -> new HermesCalls();
            case LLAMA3 -> new LlamaCalls(names);
            case DEEPSEEK, DEEPSEEK_V31 -> new DeepSeekCalls();
        };
    }
}
