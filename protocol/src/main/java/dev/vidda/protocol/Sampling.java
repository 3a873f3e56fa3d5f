package dev.vidda.protocol;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How tokens are drawn from the logits of one request, and when to stop.
 *
 * @param temperature 0 for greedy; else logits are divided by it
 * @param topK keep the k most likely tokens; 0 keeps all
 * @param topP keep the smallest set of most likely tokens whose probability reaches it; 1 keeps all
 * @param minP keep tokens at least this likely relative to the most likely one; 0 keeps all
 * @param repetitionPenalty divides positive and multiplies negative logits of tokens seen in prompt or output; 1 is off
 * @param presencePenalty subtracted from the logit of each token already generated
 * @param frequencyPenalty subtracted once for each time the token was generated
 * @param logitBias added to the logits of these token ids
 * @param seed with the position of a token, the key of its random number: a sequence continues with the same tokens on
 *     any worker and in any batch
 * @param stopTokens token ids that end the sequence (the model's end-of-sequence ids among them unless the client
 *     asked to ignore those); the stopping token is reported and counted
 * @param minTokens stop tokens cannot be drawn before so many tokens were generated
 * @param maxTokens the sequence ends with {@link FinishReason#LENGTH} after so many generated tokens
 * @param topLogprobs -1 for no log probabilities; else those of the drawn token and of so many most likely ones
 */
public record Sampling(
        float temperature,
        int topK,
        float topP,
        float minP,
        float repetitionPenalty,
        float presencePenalty,
        float frequencyPenalty,
        Map<Integer, Float> logitBias,
        long seed,
        List<Integer> stopTokens,
        int minTokens,
        int maxTokens,
        int topLogprobs) {

    public Sampling {
        logitBias = Map.copyOf(new TreeMap<>(logitBias));
        stopTokens = List.copyOf(stopTokens);
        check(temperature >= 0 && Float.isFinite(temperature), "temperature must be finite and >= 0", temperature);
        check(topK >= 0, "topK must be >= 0", topK);
        check(topP > 0 && topP <= 1, "topP must be in (0, 1]", topP);
        check(minP >= 0 && minP <= 1, "minP must be in [0, 1]", minP);
        check(
                repetitionPenalty > 0 && Float.isFinite(repetitionPenalty),
                "repetitionPenalty must be finite and > 0",
                repetitionPenalty);
        check(Float.isFinite(presencePenalty), "presencePenalty must be finite", presencePenalty);
        check(Float.isFinite(frequencyPenalty), "frequencyPenalty must be finite", frequencyPenalty);
        check(minTokens >= 0, "minTokens must be >= 0", minTokens);
        check(maxTokens >= 1, "maxTokens must be >= 1", maxTokens);
        check(topLogprobs >= -1, "topLogprobs must be >= -1", topLogprobs);
    }

    /** Greedy sampling of at most {@code maxTokens} tokens that ends at any of {@code stopTokens}. */
    public static Sampling greedy(int maxTokens, List<Integer> stopTokens) {
        return new Sampling(0, 0, 1, 0, 1, 0, 0, Map.of(), 0, stopTokens, 0, maxTokens, -1);
    }

    private static void check(boolean holds, String rule, Number value) {
        if (!holds) {
            throw new IllegalArgumentException(rule + ", was " + value);
        }
    }
}
