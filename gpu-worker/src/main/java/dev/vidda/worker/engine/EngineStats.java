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
        long evictions) {}
