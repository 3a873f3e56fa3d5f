package dev.vidda.worker.sampling;

import dev.vidda.protocol.TokenIds;
import dev.vidda.protocol.TokenLogprobs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Finds the log probabilities of the most likely tokens. Reads the logits before the draw, as stop tokens get masked. */
final class LogprobsReader {
    private static final float NEGLIGIBLE_FROM = 87;

    private final int vocabSize;
    private long[] top = new long[20];
    private int wanted;
    private float[] topLogits = new float[20];
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
        select(logits, offset, Math.min(topTokens, vocabSize));
    }

    /** The result for the drawn token, whose logit was {@code logit} when {@link #read} saw it. */
    TokenLogprobs of(float logit) {
        int[] ids = new int[wanted];
        List<Float> values = new ArrayList<>(wanted);
        for (int i = 0; i < wanted; i++) {
            ids[i] = (int) top[i];
            values.add((float) (topLogits[i] - logOfSum));
        }
        return new TokenLogprobs((float) (logit - logOfSum), TokenIds.of(ids), values);
    }

    /** Insertion into a short sorted list: after the first few tokens, hardly any other gets past the comparison. */
    private void select(float[] logits, int offset, int count) {
        if (count > top.length) {
            top = new long[count];
            topLogits = new float[count];
        }
        wanted = count;
        Arrays.fill(top, 0, count, Long.MAX_VALUE);
        for (int id = 0; id < vocabSize && count > 0; id++) {
            float logit = logits[offset + id];
            long key = ProbabilityOrder.descending(Float.isNaN(logit) ? Float.NEGATIVE_INFINITY : logit, id);
            if (key < top[count - 1]) {
                int at = count - 1;
                for (; at > 0 && top[at - 1] > key; at--) {
                    top[at] = top[at - 1];
                }
                top[at] = key;
            }
        }
        for (int i = 0; i < count; i++) {
            topLogits[i] = logits[offset + (int) top[i]];
        }
    }
}
