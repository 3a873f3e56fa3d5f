package dev.vidda.simulator;

import java.util.Arrays;

/**
 * Divides a step's prompt tokens as the engine does: the oldest prompt gets its share, the rest goes to the shortest,
 * what is left to the oldest again.
 */
final class PrefillDivision {
    private final double oldestShare;
    private int[] remaining = new int[64];
    private int[] shares = new int[64];
    private long[] order = new long[64];
    private int size;

    PrefillDivision(double oldestShare) {
        this.oldestShare = oldestShare;
    }

    void clear() {
        size = 0;
    }

    void add(int tokens) {
        if (size == remaining.length) {
            remaining = Arrays.copyOf(remaining, 2 * size);
            shares = new int[2 * size];
            order = new long[2 * size];
        }
        remaining[size++] = tokens;
    }

    int size() {
        return size;
    }

    int share(int index) {
        return shares[index];
    }

    void divide(int budget) {
        Arrays.fill(shares, 0, size, 0);
        int oldest = 0;
        while (oldest < size && remaining[oldest] == 0) {
            oldest++;
        }
        if (oldest == size || budget <= 0) {
            return;
        }
        int guaranteed = Math.max(1, (int) Math.ceil(budget * oldestShare));
        shares[oldest] = Math.min(remaining[oldest], guaranteed);
        int left = budget - shares[oldest];
        int count = 0;
        for (int i = oldest + 1; i < size && left > 0; i++) {
            order[count++] = (long) remaining[i] << 32 | i;
        }
        Arrays.sort(order, 0, count);
        for (int k = 0; k < count && left > 0; k++) {
            int i = (int) order[k];
            shares[i] = Math.min(remaining[i], left);
            left -= shares[i];
        }
        shares[oldest] += Math.min(remaining[oldest] - shares[oldest], left);
    }
}
