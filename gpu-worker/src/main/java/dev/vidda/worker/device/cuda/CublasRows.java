package dev.vidda.worker.device.cuda;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** For which numbers of rows cuBLAS computes a matrix: as measured at the next larger number, or at the largest one. */
final class CublasRows {
    /** For all that it can compute. */
    static final CublasRows ALL = new CublasRows(List.of());

    /** Own time over that of cuBLAS from which on cuBLAS is taken; what is less may be chance. */
    private static final double LEAST_GAIN = 1.03;
    /**
     * The same for few rows: there our kernels have their first weights on the way while the kernel in front ends, and more of that
     * is lost in a step than between the kernels of a trial.
     */
    private static final double LEAST_GAIN_OF_FEW = 1.10;

    private final List<Trial> trials;

    /**
     * What a layer took, with the kernel that reads its sums.
     *
     * @param own seconds with our own kernels
     * @param cublas seconds with cuBLAS
     */
    record Trial(int rows, double own, double cublas) {
        boolean won() {
            return own > cublas * (rows <= LinearPlan.CUT_ROWS ? LEAST_GAIN_OF_FEW : LEAST_GAIN);
        }

        /** Seconds that the better choice saves for each row. */
        double savedPerRow() {
            return won() ? (own - cublas) / rows : 0;
        }
    }

    private CublasRows(List<Trial> trials) {
        this.trials = trials;
    }

    /** @param trials with different, growing numbers of rows; at least one */
    static CublasRows measured(List<Trial> trials) {
        for (int i = 1; i < trials.size(); i++) {
            if (trials.get(i).rows() <= trials.get(i - 1).rows()) {
                throw new IllegalArgumentException("rows must grow, were " + trials);
            }
        }
        if (trials.isEmpty()) {
            throw new IllegalArgumentException("nothing was measured");
        }
        return new CublasRows(List.copyOf(trials));
    }

    boolean take(int rows) {
        if (trials.isEmpty()) {
            return true;
        }
        for (Trial trial : trials) {
            if (trial.rows() >= rows) {
                return trial.won();
            }
        }
        return trials.getLast().won();
    }

    boolean any() {
        return trials.isEmpty() || trials.stream().anyMatch(Trial::won);
    }

    /** {@code 48 to 128, 2048}: the measured numbers of rows that it takes. */
    @Override
    public String toString() {
        if (trials.isEmpty()) {
            return "all";
        }
        StringBuilder text = new StringBuilder();
        int i = 0;
        while (i < trials.size()) {
            int end = i;
            while (end < trials.size() && trials.get(end).won()) {
                end++;
            }
            if (end > i) {
                text.append(text.isEmpty() ? "" : ", ").append(trials.get(i).rows());
                text.append(end - i > 1 ? " to " + trials.get(end - 1).rows() : "");
            }
            i = end + 1;
        }
        return text.isEmpty() ? "none" : text.toString();
    }

    /** Numbers of rows to measure, up to {@code most}, in growing order and without repetition. */
    static int[] classes(int most, int[]... wanted) {
        return Arrays.stream(wanted)
                .flatMapToInt(Arrays::stream)
                .filter(rows -> rows > LinearPlan.SMALL_ROWS && rows <= most)
                .sorted()
                .distinct()
                .toArray();
    }

    /** {@code 64: 15.0/12.1, 128: ...}: microseconds of our kernels and of cuBLAS by numbers of rows. */
    static String describe(List<Trial> trials) {
        return trials.stream()
                .map(trial -> String.format(
                        Locale.ROOT, "%d: %.1f/%.1f", trial.rows(), 1e6 * trial.own(), 1e6 * trial.cublas()))
                .collect(Collectors.joining(", "));
    }
}
