package dev.vidda.protocol;

import dev.vidda.protocol.kv.KvShape;

/**
 * What a worker has to offer.
 *
 * @param device what computes, in words
 * @param maxModelLength the most prompt and generated tokens of one sequence
 * @param kvBlocks blocks in its KV pool
 * @param maxSequences the most sequences it computes at a time
 * @param version of the software it runs
 * @param readyAtEpochSeconds when its model was loaded
 */
public record WorkerCard(
        String workerId,
        String model,
        String device,
        int maxModelLength,
        KvShape kvShape,
        int kvBlocks,
        int maxSequences,
        MemoryUse memory,
        String version,
        long readyAtEpochSeconds) {
    public WorkerCard {
        require(maxModelLength >= 1, "maxModelLength", maxModelLength);
        require(kvBlocks >= 1, "kvBlocks", kvBlocks);
        require(maxSequences >= 1, "maxSequences", maxSequences);
    }

    private static void require(boolean holds, String name, int value) {
        if (!holds) {
            throw new IllegalArgumentException(name + " must be at least 1, was " + value);
        }
    }
}
