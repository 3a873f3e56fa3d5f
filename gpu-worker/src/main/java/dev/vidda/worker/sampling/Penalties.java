package dev.vidda.worker.sampling;

import dev.vidda.protocol.Sampling;
import dev.vidda.worker.step.SampleState;
import java.util.Map;

/**
 * Changes logits by what the client asked for and by what was said already, in vLLM's order: bias; repetition penalty
 * (CTRL, arXiv 1909.05858) for tokens of prompt and output; frequency and presence penalty for tokens of the output.
 */
final class Penalties {
    private static final int SEEN = 1;
    private static final int GENERATED_ONCE = 2;

    /** For each token id {@code 2 * times generated + (seen ? 1 : 0)}; all zero between calls. */
    private final int[] seen;

    Penalties(int vocabSize) {
        seen = new int[vocabSize];
    }

    static boolean isNeeded(Sampling sampling) {
        return sampling.repetitionPenalty() != 1
                || sampling.presencePenalty() != 0
                || sampling.frequencyPenalty() != 0
                || !sampling.logitBias().isEmpty();
    }

    /**
     * Token ids outside the vocabulary are ignored.
     *
     * @param last the sequence's last token, which {@code state} may not know yet
     */
    void apply(float[] logits, int offset, SampleState state, int last) {
        Sampling sampling = state.sampling();
        for (Map.Entry<Integer, Float> bias : sampling.logitBias().entrySet()) {
            if (inVocabulary(bias.getKey())) {
                logits[offset + bias.getKey()] += bias.getValue();
            }
        }
        // The prompt counts for the repetition penalty only.
        int from = sampling.repetitionPenalty() != 1 ? 0 : state.promptLength();
        int[] ids = state.tokenIds();
        int to = state.length();
        for (int i = from; i < to; i++) {
            int id = i == to - 1 ? last : ids[i];
            if (inVocabulary(id)) {
                seen[id] = (seen[id] | SEEN) + (i >= state.promptLength() ? GENERATED_ONCE : 0);
            }
        }
        for (int i = from; i < to; i++) {
            int id = i == to - 1 ? last : ids[i];
            if (inVocabulary(id) && seen[id] != 0) {
                logits[offset + id] = penalized(logits[offset + id], seen[id] / GENERATED_ONCE, sampling);
                seen[id] = 0;
            }
        }
    }

    /** Makes the stop tokens impossible. */
    static void maskStopTokens(float[] logits, int offset, int vocabSize, Sampling sampling) {
        for (int i = 0; i < sampling.stopTokens().size(); i++) {
            int id = sampling.stopTokens().get(i);
            if (id >= 0 && id < vocabSize) {
                logits[offset + id] = Float.NEGATIVE_INFINITY;
            }
        }
    }

    private static float penalized(float logit, int generated, Sampling sampling) {
        float repetition = sampling.repetitionPenalty();
        float value = logit > 0 ? logit / repetition : logit * repetition;
        value -= generated * sampling.frequencyPenalty();
        return generated > 0 ? value - sampling.presencePenalty() : value;
    }

    private boolean inVocabulary(int id) {
        return id >= 0 && id < seen.length;
    }
}
