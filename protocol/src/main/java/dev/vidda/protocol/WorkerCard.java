package dev.vidda.protocol;

import dev.vidda.protocol.kv.KvShape;

/**
 * What a worker has to offer.
 *
 * @param device what computes, in words
 * @param maxModelLength the most prompt and generated tokens of one sequence
 * @param kvBlocks blocks in its KV pool
 * @param readyAtEpochSeconds when its model was loaded
 */
public record WorkerCard(
        String workerId,
        String model,
        String device,
        int maxModelLength,
        KvShape kvShape,
        int kvBlocks,
        long readyAtEpochSeconds) {}
