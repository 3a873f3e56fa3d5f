package dev.vidda.worker.device;

/**
 * The sizes a device allocates its workspace for, once.
 *
 * @param maxTokens the most rows of a step
 * @param maxSequences the most sequences, and so sampled rows, of a step
 * @param maxModelLength the most tokens of one sequence
 */
public record StepLimits(int maxTokens, int maxSequences, int maxModelLength) {
    public StepLimits {
        require(maxTokens > 0, "maxTokens", maxTokens);
        require(maxSequences > 0, "maxSequences", maxSequences);
        require(maxModelLength > 0, "maxModelLength", maxModelLength);
        if (maxSequences > maxTokens) {
            throw new IllegalArgumentException(
                    "maxSequences must be at most maxTokens = " + maxTokens + ", was " + maxSequences);
        }
    }

    private static void require(boolean holds, String name, int value) {
        if (!holds) {
            throw new IllegalArgumentException(name + " must be positive, was " + value);
        }
    }
}
