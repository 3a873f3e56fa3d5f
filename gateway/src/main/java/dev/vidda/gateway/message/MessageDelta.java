package dev.vidda.gateway.message;

import java.util.List;

/**
 * What a piece of text added to an assistant's message.
 *
 * @param reasoning what the model thinks before it answers
 * @param content the answer
 * @param calls in order; several for one call are possible
 */
public record MessageDelta(String reasoning, String content, List<CallDelta> calls) {
    /** Nothing new. */
    public static final MessageDelta NONE = new MessageDelta("", "", List.of());

    public MessageDelta {
        calls = List.copyOf(calls);
    }

    /** Content and nothing else. */
    public static MessageDelta content(String content) {
        return content.isEmpty() ? NONE : new MessageDelta("", content, List.of());
    }

    /** Whether it added to the content, and to nothing else. */
    public boolean isContentOnly() {
        return !content.isEmpty() && reasoning.isEmpty() && calls.isEmpty();
    }

    public boolean isEmpty() {
        return reasoning.isEmpty() && content.isEmpty() && calls.isEmpty();
    }
}
