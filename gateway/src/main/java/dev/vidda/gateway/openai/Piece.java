package dev.vidda.gateway.openai;

import dev.vidda.protocol.TokenLogprobs;
import java.util.List;

/**
 * A part of a choice: text, and the tokens it came from.
 *
 * @param logprobs one entry a token, or none at all
 * @param textOffset characters of token text before these tokens, as the legacy log probabilities count them
 */
record Piece(String text, List<Integer> tokens, List<TokenLogprobs> logprobs, int textOffset) {
    Piece {
        tokens = List.copyOf(tokens);
        logprobs = List.copyOf(logprobs);
    }

    boolean isEmpty() {
        return text.isEmpty() && tokens.isEmpty();
    }
}
