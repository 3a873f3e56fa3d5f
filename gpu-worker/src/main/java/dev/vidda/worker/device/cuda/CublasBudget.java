package dev.vidda.worker.device.cuda;

import dev.vidda.worker.device.CublasSettings;
import java.util.Comparator;
import java.util.List;

/** How much memory copies of weights for cuBLAS may take, and which of them are worth most of it. */
final class CublasBudget {
    /** Of a GPU's memory, and of what would be left for the KV cache, copies take at most one of so many parts. */
    private static final int SHARE_OF_ALL = 10;

    private static final int SHARE_OF_FREE = 4;

    private CublasBudget() {}

    /**
     * Bytes that copies may take.
     *
     * @param total bytes of the GPU's memory
     * @param free of them, what is left once the weights are loaded
     * @param reserved of that, what a KV cache of fixed size will take
     */
    static long bytes(CublasSettings.Use use, long total, long free, long reserved) {
        long spare = Math.max(0, free - reserved);
        return switch (use) {
            case OFF -> 0;
            case AUTO -> Math.min(spare, Math.min(total / SHARE_OF_ALL, free / SHARE_OF_FREE));
            case ON -> spare;
        };
    }

    /**
     * Copies that could be made together.
     *
     * @param bytes of all of them
     * @param saved seconds they save for each row of a step, summed over the numbers of rows that were measured
     */
    record Candidate<T>(T what, long bytes, double saved) {}

    /** Those that save most for their bytes, as far as {@code budget} reaches. */
    static <T> List<T> choose(List<Candidate<T>> candidates, long budget) {
        long[] left = {budget};
        return candidates.stream()
                .filter(candidate -> candidate.saved() > 0)
                .sorted(Comparator.comparingDouble(candidate -> -candidate.saved() / candidate.bytes()))
                .filter(candidate -> {
                    boolean fits = candidate.bytes() <= left[0];
                    left[0] -= fits ? candidate.bytes() : 0;
                    return fits;
                })
                .map(Candidate::what)
                .toList();
    }
}
