package dev.vidda.worker.engine;

import java.util.Arrays;

/**
 * Divides a step's prefill tokens among the prompts that are not done.
 *
 * <p>The oldest prompt gets its guaranteed share; what is left goes to the prompts with the fewest remaining tokens,
 * the older one first among equals; what nobody else takes goes to the oldest again. So a short prompt is done within a
 * step or two however long those in front of it are, and a long one, once it is the oldest, advances by at least the
 * guaranteed share of every step: none starves, whatever arrives.
 */
final class PrefillShares {
    private final double oldestShare;
    private long[] byRemaining = new long[16];
    private int[] shares = new int[16];

    PrefillShares(double oldestShare) {
        this.oldestShare = oldestShare;
    }

    /**
     * Divides {@code budget} tokens.
     *
     * @param remaining tokens that each prompt still needs, at least 1, the oldest prompt first
     * @param count how many entries of {@code remaining} count
     * @return tokens for each prompt, valid until the next call; they add up to the budget or to all that remains
     */
    int[] divide(int[] remaining, int count, int budget) {
        reserve(count);
        Arrays.fill(shares, 0, count, 0);
        if (count == 0 || budget <= 0) {
            return shares;
        }
        int guaranteed = Math.min(budget, Math.max(1, (int) Math.ceil(budget * oldestShare)));
        shares[0] = Math.min(remaining[0], guaranteed);
        int left = budget - shares[0];
        for (int i = 1; i < count; i++) {
            byRemaining[i - 1] = (long) remaining[i] << 32 | i;
        }
        Arrays.sort(byRemaining, 0, count - 1);
        for (int k = 0; k < count - 1 && left > 0; k++) {
            int i = (int) byRemaining[k];
            shares[i] = Math.min(remaining[i], left);
            left -= shares[i];
        }
        shares[0] += Math.min(remaining[0] - shares[0], left);
        return shares;
    }

    private void reserve(int count) {
        if (shares.length < count) {
            shares = new int[2 * count];
            byRemaining = new long[2 * count];
        }
    }
}
