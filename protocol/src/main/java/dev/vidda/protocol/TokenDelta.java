package dev.vidda.protocol;

import java.util.List;
import java.util.Optional;

/**
 * What one step added to one sequence.
 *
 * @param choice which of the request's parallel samples, from 0
 * @param firstIndex index of the first of these tokens among the sequence's generated ones, from 0: a gap shows a loss
 * @param tokens the new token ids, a stop token included; may be empty when only {@code finish} is new
 * @param logprobs one entry a token when asked for, else empty
 * @param finish present in a sequence's last delta
 */
public record TokenDelta(
        String requestId,
        int choice,
        int firstIndex,
        TokenIds tokens,
        List<TokenLogprobs> logprobs,
        Optional<Finish> finish) {
    public TokenDelta {
        logprobs = List.copyOf(logprobs);
        if (!logprobs.isEmpty() && logprobs.size() != tokens.size()) {
            throw new IllegalArgumentException(tokens.size() + " tokens but " + logprobs.size() + " log probabilities");
        }
    }
}
