package dev.vidda.gateway.message;

import java.util.Optional;
import java.util.Set;

/**
 * How the text of one request's answers is to be read.
 *
 * @param reasoning where reasoning stands
 * @param tools how calls are written; empty when none can come
 * @param names the functions on offer
 * @param mostCalls calls of one message; later ones are dropped
 * @param namedCall whether the client named the function to call, which OpenAI does not report as a reason to finish
 */
public record MessageStyle(
        Reasoning reasoning, Optional<ToolFormat> tools, Set<String> names, int mostCalls, boolean namedCall) {
    /** Plain text. */
    public static final MessageStyle PLAIN =
            new MessageStyle(Reasoning.NONE, Optional.empty(), Set.of(), Integer.MAX_VALUE, false);

    public MessageStyle {
        names = Set.copyOf(names);
    }

    public MessageParser parser() {
        return new MessageParser(this);
    }
}
