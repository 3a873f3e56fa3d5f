package dev.vidda.gateway.openai;

import dev.vidda.gateway.message.MessageDelta;
import dev.vidda.protocol.TokenLogprobs;
import java.util.List;

/**
 * A part of a choice: what was added to its message, and the tokens it came from.
 *
 * @param logprobs one entry a token, or none at all
 * @param textOffset characters of token text before these tokens, as the legacy log probabilities count them
 */
record Piece(MessageDelta message, List<Integer> tokens, List<TokenLogprobs> logprobs, int textOffset) {
    Piece {
        tokens = List.copyOf(tokens);
        logprobs = List.copyOf(logprobs);
    }

    /** The answer's text. */
    String text() {
        return message.content();
    }

    boolean isEmpty() {
        return message.isEmpty() && tokens.isEmpty();
    }
}
