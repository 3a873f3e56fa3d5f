package dev.vidda.gateway.openai;

import dev.vidda.protocol.WorkerCard;
import dev.vidda.protocol.kv.KvCost;
import dev.vidda.protocol.kv.KvShape;
import java.util.List;

/** How many tokens a prompt may be continued by: bounded by the model's context and by the largest KV pool. */
final class Room {
    private Room() {}

    /**
     * The most new tokens that each of {@code samples} continuations can have on any of the workers.
     *
     * @throws ApiException with status 400 and the numbers if there is not room for a single one
     */
    static int newTokens(List<WorkerCard> workers, int promptTokens, int samples, String param) {
        int context =
                workers.stream().mapToInt(WorkerCard::maxModelLength).max().orElse(0);
        if (promptTokens >= context) {
            throw new ApiException(ApiError.contextLength(
                    param,
                    "This model's maximum context length is " + context + " tokens, but the prompt has " + promptTokens
                            + " tokens and leaves no room for an answer. Shorten the prompt to at most "
                            + (context - 1) + " tokens."));
        }
        long room = workers.stream()
                .mapToLong(worker -> Math.min(
                        worker.maxModelLength() - promptTokens,
                        inPool(worker.kvShape(), worker.kvBlocks(), promptTokens, samples)))
                .max()
                .orElse(0);
        if (room < 1) {
            throw new ApiException(ApiError.contextLength(param, neverFits(workers, promptTokens, samples)));
        }
        return (int) room;
    }

    /** Inverts {@link KvCost#blocks(KvShape, int, int, int)} for the number of new tokens; below 1 if none fits. */
    static long inPool(KvShape shape, int blocks, int promptTokens, int samples) {
        long shared = samples == 1 ? 0 : (promptTokens - 1) / shape.blockTokens();
        long each = shared + Math.floorDiv(blocks - shared, (long) samples);
        return each * shape.blockTokens() - promptTokens + 1;
    }

    private static String neverFits(List<WorkerCard> workers, int promptTokens, int samples) {
        WorkerCard largest = workers.getFirst();
        for (WorkerCard worker : workers) {
            if (worker.kvBlocks() > largest.kvBlocks()) {
                largest = worker;
            }
        }
        return "The prompt of " + promptTokens + " tokens with " + samples + " choice(s) needs at least "
                + KvCost.blocks(largest.kvShape(), promptTokens, 1, samples)
                + " blocks of KV cache, but the largest pool that serves this model has " + largest.kvBlocks()
                + " (blocks of " + largest.kvShape().blockTokens() + " tokens).";
    }
}
