package dev.vidda.worker.sampling;

import java.util.Arrays;

/**
 * The few largest logits in descending order, equal ones by ascending id. Insertion into a short sorted list: after the
 * first few tokens, hardly any other gets past the comparison. NaN and negative infinity are left out.
 */
final class LargestLogits {
    private float[] logits = new float[20];
    private int[] ids = new int[20];
    private int size;

    /** Selects the {@code count} largest of {@code all[offset .. offset + vocabSize)}, or as many as there are. */
    void select(float[] all, int offset, int vocabSize, int count) {
        if (count > ids.length) {
            logits = Arrays.copyOf(logits, count);
            ids = Arrays.copyOf(ids, count);
        }
        size = 0;
        float smallest = count == 0 ? Float.POSITIVE_INFINITY : Float.NEGATIVE_INFINITY;
        for (int id = 0; id < vocabSize; id++) {
            float logit = all[offset + id];
            if (logit > smallest) {
                insert(logit, id, count);
                smallest = size == count ? logits[count - 1] : smallest;
            }
        }
    }

    private void insert(float logit, int id, int count) {
        int at = size == count ? count - 1 : size++;
        for (; at > 0 && logits[at - 1] < logit; at--) {
            logits[at] = logits[at - 1];
            ids[at] = ids[at - 1];
        }
        logits[at] = logit;
        ids[at] = id;
    }

    int size() {
        return size;
    }

    float logit(int rank) {
        return logits[rank];
    }

    int id(int rank) {
        return ids[rank];
    }
}
