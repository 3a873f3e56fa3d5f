package dev.vidda.node.chat;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How answers are drawn; what is empty is left to the server.
 *
 * @param system the system message
 * @param maxTokens the most tokens of an answer
 */
public record ChatOptions(
        Optional<String> system,
        OptionalDouble temperature,
        OptionalDouble topP,
        OptionalInt maxTokens,
        OptionalLong seed) {
    public static final ChatOptions DEFAULT = new ChatOptions(
            Optional.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalInt.empty(),
            OptionalLong.empty());
}
