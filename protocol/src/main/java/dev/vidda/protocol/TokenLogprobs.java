package dev.vidda.protocol;

import java.util.List;

/**
 * Log probabilities at one generated position, before temperature and filters, after penalties and bias.
 *
 * @param chosen natural logarithm of the drawn token's probability
 * @param topTokens the most likely token ids, most likely first
 * @param topLogprobs their log probabilities, in the same order
 */
public record TokenLogprobs(float chosen, TokenIds topTokens, List<Float> topLogprobs) {
    public TokenLogprobs {
        topLogprobs = List.copyOf(topLogprobs);
        if (topTokens.size() != topLogprobs.size()) {
            throw new IllegalArgumentException(
                    topTokens.size() + " top tokens but " + topLogprobs.size() + " log probabilities");
        }
    }
}
