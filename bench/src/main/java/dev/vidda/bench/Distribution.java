package dev.vidda.bench;

import java.util.Arrays;
import java.util.Collection;

/** Mean, deviation and percentiles of some values; none of them is a number if there are no values. */
final class Distribution {
    private static final double WHOLE = 100;

    private final double[] sorted;

    Distribution(Collection<Double> values) {
        this.sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    }

    boolean isEmpty() {
        return sorted.length == 0;
    }

    double mean() {
        return Arrays.stream(sorted).average().orElse(Double.NaN);
    }

    /** Of the whole population, not of a sample. */
    double standardDeviation() {
        double mean = mean();
        return Math.sqrt(Arrays.stream(sorted)
                .map(x -> (x - mean) * (x - mean))
                .average()
                .orElse(Double.NaN));
    }

    /** Interpolates between the two nearest values, as numpy does. */
    double percentile(double percent) {
        if (sorted.length == 0) {
            return Double.NaN;
        }
        double rank = percent / WHOLE * (sorted.length - 1);
        int below = (int) rank;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (rank - below) * (sorted[above] - sorted[below]);
    }
}
