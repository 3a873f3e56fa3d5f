package dev.vidda.scheduler.ledger;

import java.util.Arrays;

/** Quantiles of a stream of lengths: counts in buckets an eighth of an octave wide, that fade with each new length. */
final class LengthHistogram {
    private static final int PER_OCTAVE = 8;
    private static final int BUCKETS = 22 * PER_OCTAVE;
    private static final double FORGETTING = 0.999;

    private final float[] counts = new float[BUCKETS];
    private double total;
    private double sum;
    private long seen;

    void add(int length) {
        if (length < 0) {
            throw new IllegalArgumentException("length must not be negative, was " + length);
        }
        for (int i = 0; i < BUCKETS; i++) {
            counts[i] *= (float) FORGETTING;
        }
        total = total * FORGETTING + 1;
        sum = sum * FORGETTING + length;
        counts[bucket(length)]++;
        seen++;
    }

    long seen() {
        return seen;
    }

    double mean() {
        return sum / total;
    }

    /** The least length that at least {@code share} of the lengths do not exceed, rounded up to its bucket's end. */
    int quantile(double share) {
        double left = share * total;
        for (int i = 0; i < BUCKETS; i++) {
            left -= counts[i];
            if (left <= total * 1e-6) {
                return end(i);
            }
        }
        return end(BUCKETS - 1);
    }

    private static int bucket(int length) {
        if (length <= 1) {
            return 0;
        }
        int at = (int) Math.ceil(PER_OCTAVE * Math.log(length) / Math.log(2) - 1e-9);
        return Math.min(BUCKETS - 1, at);
    }

    private static int end(int bucket) {
        return (int) Math.ceil(Math.pow(2, (double) bucket / PER_OCTAVE));
    }

    @Override
    public String toString() {
        return Arrays.toString(counts);
    }
}
