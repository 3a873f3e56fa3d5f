package dev.vidda.node.chat;

import java.util.Locale;

/**
 * The end of an answer.
 *
 * @param finishReason as the server gave it, or {@code cancelled}
 * @param tokens generated tokens, or 0 if the server did not say
 * @param firstSeconds from the request to the first text
 * @param totalSeconds from the request to the end
 */
public record ChatAnswer(
        String text, String finishReason, int promptTokens, int tokens, double firstSeconds, double totalSeconds) {
    public static final String CANCELLED = "cancelled";

    public boolean cancelled() {
        return finishReason.equals(CANCELLED);
    }

    /** {@code 58 tokens, 41.2 tokens/s, first after 0.21 s}. */
    public String summary() {
        double decoding = totalSeconds - firstSeconds;
        String speed = tokens > 1 && decoding > 0
                ? String.format(Locale.ROOT, ", %.1f tokens/s", (tokens - 1) / decoding)
                : "";
        String ended = switch (finishReason) {
            case "stop" -> "";
            case "length" -> ", cut off at the token limit";
            default -> ", " + finishReason;
        };
        return tokens == 0
                ? String.format(Locale.ROOT, "%.2f s%s", totalSeconds, ended)
                : String.format(Locale.ROOT, "%d tokens%s, first after %.2f s%s", tokens, speed, firstSeconds, ended);
    }
}
