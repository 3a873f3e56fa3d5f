package dev.vidda.worker.sampling;

import dev.vidda.protocol.TokenIds;
import dev.vidda.protocol.TokenLogprobs;
import java.util.ArrayList;
import java.util.List;

/** Finds the log probabilities of the most likely tokens. Reads the logits before the draw, as stop tokens get masked. */
final class LogprobsReader {
    private static final float NEGLIGIBLE_FROM = 87;

    private final int vocabSize;
    private final LargestLogits top = new LargestLogits();
    private double logOfSum;

    LogprobsReader(int vocabSize) {
        this.vocabSize = vocabSize;
    }

    /** Reads {@code logits[offset .. offset + vocabSize)}, whose largest is the finite {@code largest}. */
    void read(float[] logits, int offset, float largest, int topTokens) {
        double sum = 0;
        for (int id = 0; id < vocabSize; id++) {
            float distance = largest - logits[offset + id];
            sum += distance < NEGLIGIBLE_FROM ? Weight.expOfMinus(distance) : 0;
        }
        logOfSum = largest + Math.log(sum);
        top.select(logits, offset, vocabSize, Math.min(topTokens, vocabSize));
    }

    /** The result for the drawn token, whose logit was {@code logit} when {@link #read} saw it. */
    TokenLogprobs of(float logit) {
        int[] ids = new int[top.size()];
        List<Float> values = new ArrayList<>(top.size());
        for (int rank = 0; rank < ids.length; rank++) {
            ids[rank] = top.id(rank);
            values.add((float) (top.logit(rank) - logOfSum));
        }
        return new TokenLogprobs((float) (logit - logOfSum), TokenIds.of(ids), values);
    }
}
