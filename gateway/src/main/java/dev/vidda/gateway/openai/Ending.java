package dev.vidda.gateway.openai;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * How a choice ended.
 *
 * @param reason {@code stop}, {@code length} or {@code tool_calls}
 * @param stopString the stop string that ended it, or null
 * @param stopToken the stop token that ended it, if the client had named it itself
 */
public record Ending(String reason, @Nullable String stopString, OptionalInt stopToken) {
    static final Ending LENGTH = new Ending("length", null, OptionalInt.empty());
    static final Ending END_OF_SEQUENCE = new Ending("stop", null, OptionalInt.empty());

    /** The same for a message that ends with tool calls. */
    Ending withCalls() {
        return this == LENGTH ? this : new Ending("tool_calls", stopString, stopToken);
    }

    static Ending stopString(String stopString) {
        return new Ending("stop", stopString, OptionalInt.empty());
    }

    static Ending stopToken(int token) {
        return new Ending("stop", null, OptionalInt.of(token));
    }
}
