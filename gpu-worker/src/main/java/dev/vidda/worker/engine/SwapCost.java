package dev.vidda.worker.engine;

/**
 * What it costs to bring a preempted sequence back: to copy its blocks to the host's memory and back, or to compute its
 * tokens again. The speed of copies was measured at load; that of computing is learned from the steps that compute prompts.
 */
final class SwapCost {
    /** A modest guess until steps were measured. */
    private static final double GUESSED_TOKENS_PER_SECOND = 10_000;

    private static final double WEIGHT_OF_THE_NEWEST = 0.25;
    private static final int FEWEST_TOKENS = 64;

    private final double secondsPerBlock;
    private double tokensPerSecond = GUESSED_TOKENS_PER_SECOND;
    private boolean measured;

    /** @param secondsPerBlock time to copy a block one way */
    SwapCost(double secondsPerBlock) {
        this.secondsPerBlock = secondsPerBlock;
    }

    /** A step took so long; negative if that is not known. */
    void observe(StepCounts step, long nanos) {
        int tokens = step.prefillTokens() + step.decodeSequences();
        if (nanos <= 0 || tokens < FEWEST_TOKENS || step.prefillTokens() < step.decodeSequences()) {
            return;
        }
        double now = tokens * 1e9 / nanos;
        tokensPerSecond = measured ? tokensPerSecond + WEIGHT_OF_THE_NEWEST * (now - tokensPerSecond) : now;
        measured = true;
    }

    /** Seconds to compute {@code tokens} tokens again. */
    double computing(long tokens) {
        return tokens / tokensPerSecond;
    }

    /** Seconds to copy {@code blocks} blocks away and back. */
    double copying(int blocks) {
        return blocks == 0 ? 0 : 2 * blocks * secondsPerBlock;
    }
}
