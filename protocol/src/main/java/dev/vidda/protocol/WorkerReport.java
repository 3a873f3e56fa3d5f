package dev.vidda.protocol;

/**
 * A worker's counters at one moment.
 *
 * @param step steps since its start: it stands still when the worker hangs or idles
 * @param usedBlocks blocks that running sequences hold
 * @param cachedBlocks blocks that hold nothing but reusable prefixes; they can be evicted
 * @param running sequences that hold blocks
 * @param waiting sequences that hold none yet
 */
public record WorkerReport(
        String workerId, long step, int usedBlocks, int cachedBlocks, int running, int waiting, long generatedTokens) {}
