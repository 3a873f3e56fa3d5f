package dev.vidda.simulator;

import dev.vidda.protocol.MemoryUse;
import dev.vidda.protocol.WorkerCard;
import dev.vidda.protocol.kv.KvShape;

/**
 * What each worker of a simulated cluster is.
 *
 * @param kvBlocks blocks of 16 tokens in its pool
 * @param maxSequences that hold blocks at a time
 * @param maxBatchTokens of one step
 * @param oldestPrefillShare share of a step's prompt tokens that the oldest prompt gets; the rest goes to the shortest
 */
public record WorkerShape(
        StepTimes times,
        KvShape kvShape,
        int maxModelLength,
        int kvBlocks,
        int maxSequences,
        int maxBatchTokens,
        double oldestPrefillShare) {
    private static final int CONTEXT = 262_144;

    /** Qwen3-4B on one H200: of 141 GB, 118 GB are left for keys and values of 147,456 bytes a token. */
    public static WorkerShape h200Qwen3With4B() {
        return new WorkerShape(
                StepTimes.h200Qwen3With4B(), KvShape.grouped(36, 8, 128, 2, 0), CONTEXT, 50_000, 256, 2_048, 0.25);
    }

    /** The same with another pool. */
    public WorkerShape withBlocks(int blocks) {
        return new WorkerShape(
                times, kvShape, maxModelLength, blocks, maxSequences, maxBatchTokens, oldestPrefillShare);
    }

    WorkerCard card(int number) {
        return new WorkerCard(
                id(number),
                Simulation.MODEL,
                "simulated",
                maxModelLength,
                kvShape,
                kvBlocks,
                maxSequences,
                MemoryUse.UNKNOWN,
                "",
                0);
    }

    static String id(int number) {
        return "w%05d".formatted(number);
    }
}
