package dev.vidda.worker.engine;

/**
 * The engine's counters at one moment.
 *
 * @param steps steps since its start
 * @param usedBlocks blocks that sequences hold
 * @param cachedBlocks blocks that hold nothing but reusable prefixes
 * @param running sequences that hold blocks
 * @param waiting sequences that hold none
 * @param computedTokens tokens whose keys and values were computed since the start, those of preempted sequences again
 * @param cachedTokens prompt tokens found in the prefix cache since the start
 * @param generatedTokens tokens drawn since the start
 * @param preemptions times a sequence gave up its blocks since the start
 * @param evictions cached blocks that gave way since the start
 * @param computeNanos time in which the device computed steps since the start, if it measures that
 * @param idleNanos time in which it did nothing between two steps though there was work
 * @param swappedBlocks blocks of waiting sequences that lie in the host's memory
 * @param swaps preemptions since the start whose blocks were copied there
 */
public record EngineStats(
        long steps,
        int usedBlocks,
        int cachedBlocks,
        int running,
        int waiting,
        long computedTokens,
        long cachedTokens,
        long generatedTokens,
        long preemptions,
        long evictions,
        long computeNanos,
        long idleNanos,
        int swappedBlocks,
        long swaps) {
    /** Share of the time with work in which the device did nothing; 0 if it does not measure that. */
    public double idleShare() {
        return computeNanos + idleNanos == 0 ? 0 : (double) idleNanos / (computeNanos + idleNanos);
    }
}
