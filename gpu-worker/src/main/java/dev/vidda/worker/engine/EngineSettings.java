package dev.vidda.worker.engine;

import com.typesafe.config.Config;

/**
 * How the engine forms steps.
 *
 * @param maxBatchTokens the most tokens one step computes
 * @param maxBatchSequences the most sequences that hold blocks at a time
 * @param oldestPrefillShare share of a step's prefill tokens that the oldest unfinished prompt gets at least
 * @param maxPreemptions times a sequence gives up its blocks before others have to instead of it
 * @param admissionHeadroom share of the pool that starting a sequence must leave unused, for those that run to grow
 * @param prefixCache whether full blocks are kept and shared by their content
 * @param lookahead whether a step is launched before the one before it is read, on devices that gain by that
 * @param swapBytes host memory for the blocks of preempted sequences; 0 for none
 */
public record EngineSettings(
        int maxBatchTokens,
        int maxBatchSequences,
        double oldestPrefillShare,
        int maxPreemptions,
        double admissionHeadroom,
        boolean prefixCache,
        boolean lookahead,
        long swapBytes) {
    private static final String PATH = "vidda.worker.";

    public EngineSettings {
        check(maxBatchSequences >= 1, "max-batch-sequences", "at least 1", maxBatchSequences);
        // Else the running sequences could fill the step, and no prompt would ever advance.
        check(
                maxBatchTokens >= maxBatchSequences,
                "max-batch-tokens",
                "at least max-batch-sequences (" + maxBatchSequences + ")",
                maxBatchTokens);
        check(
                oldestPrefillShare > 0 && oldestPrefillShare <= 1,
                "oldest-prefill-share",
                "in (0, 1]",
                oldestPrefillShare);
        check(maxPreemptions >= 0, "max-preemptions", "at least 0", maxPreemptions);
        check(swapBytes >= 0, "swap-memory", "at least 0", swapBytes);
        check(admissionHeadroom >= 0 && admissionHeadroom < 1, "admission-headroom", "in [0, 1)", admissionHeadroom);
    }

    /** Settings with lookahead and without swapping. */
    public EngineSettings(
            int maxBatchTokens,
            int maxBatchSequences,
            double oldestPrefillShare,
            int maxPreemptions,
            double admissionHeadroom,
            boolean prefixCache) {
        this(
                maxBatchTokens,
                maxBatchSequences,
                oldestPrefillShare,
                maxPreemptions,
                admissionHeadroom,
                prefixCache,
                true,
                0);
    }

    EngineSettings withLookahead(boolean now) {
        return new EngineSettings(
                maxBatchTokens,
                maxBatchSequences,
                oldestPrefillShare,
                maxPreemptions,
                admissionHeadroom,
                prefixCache,
                now,
                swapBytes);
    }

    /**
     * Reads the section {@code vidda.worker}.
     *
     * @throws com.typesafe.config.ConfigException if a key is missing or has another type
     * @throws IllegalArgumentException naming the key whose value is out of bounds
     */
    public static EngineSettings from(Config config) {
        Config worker = config.getConfig("vidda.worker");
        return new EngineSettings(
                worker.getInt("max-batch-tokens"),
                worker.getInt("max-batch-sequences"),
                worker.getDouble("oldest-prefill-share"),
                worker.getInt("max-preemptions"),
                worker.getDouble("admission-headroom"),
                worker.getBoolean("prefix-cache"),
                worker.getBoolean("lookahead"),
                worker.getBytes("swap-memory"));
    }

    private static void check(boolean holds, String key, String rule, Number value) {
        if (!holds) {
            throw new IllegalArgumentException(PATH + key + " must be " + rule + ", was " + value);
        }
    }
}
