package dev.vidda.protocol;

import java.util.List;

/** What all workers have, hold and have promised, and who waits for them, at one moment. */
public record Capacity(List<WorkerCapacity> workers, List<ModelQueue> queues) implements Wire {
    public Capacity {
        workers = List.copyOf(workers);
        queues = List.copyOf(queues);
    }

    /**
     * One worker.
     *
     * @param report its last one
     * @param reportAgeMillis time since that report came
     * @param committedBlocks blocks promised to leases
     * @param leases requests that hold a promise
     * @param longestContext prompt and generated tokens of the longest request that it would be given now
     */
    public record WorkerCapacity(
            WorkerCard card,
            WorkerReport report,
            long reportAgeMillis,
            int committedBlocks,
            int leases,
            long longestContext) {}

    /**
     * Requests of one model that wait for room.
     *
     * @param requests how many
     * @param blocks KV blocks that they need together
     * @param estimatedWaitMillis time until a request that came now would be admitted
     */
    public record ModelQueue(String model, int requests, long blocks, long estimatedWaitMillis) {}
}
