package dev.vidda.protocol;

import java.util.List;

/**
 * What all workers have, hold and have promised, and who waits for them, at one moment.
 *
 * @param counts what the scheduler decided since its start
 */
public record Capacity(List<WorkerCapacity> workers, List<ModelQueue> queues, AdmissionCounts counts) implements Wire {
    public Capacity {
        workers = List.copyOf(workers);
        queues = List.copyOf(queues);
    }

    /** Of a scheduler that has decided nothing yet. */
    public Capacity(List<WorkerCapacity> workers, List<ModelQueue> queues) {
        this(workers, queues, AdmissionCounts.NONE);
    }

    /**
     * One worker.
     *
     * @param report its last one
     * @param reportAgeMillis time since that report came
     * @param committedBlocks blocks promised to leases
     * @param mostBlocks blocks that these leases come to need if each answer gets as long as it may: beyond the pool's
     *     size this is overcommitted, and its price is the preemptions that {@code report} counts
     * @param leases requests that hold a promise
     * @param longestContext prompt and generated tokens of the longest request that it would be given now
     */
    public record WorkerCapacity(
            WorkerCard card,
            WorkerReport report,
            long reportAgeMillis,
            int committedBlocks,
            long mostBlocks,
            int leases,
            long longestContext) {
        /** One whose leases commit all they can come to need. */
        public WorkerCapacity(
                WorkerCard card,
                WorkerReport report,
                long reportAgeMillis,
                int committedBlocks,
                int leases,
                long longestContext) {
            this(card, report, reportAgeMillis, committedBlocks, committedBlocks, leases, longestContext);
        }
    }

    /**
     * Requests of one model that wait for room.
     *
     * @param requests how many
     * @param blocks KV blocks that they need together
     * @param estimatedWaitMillis time until all of them would be admitted, and so a request that came now, unless those
     *     who are late in the line let it pass; -1 when unknown
     * @param tenants what each tenant that waits, or was served lately, has and got
     */
    public record ModelQueue(
            String model, int requests, long blocks, long estimatedWaitMillis, List<TenantShare> tenants) {
        public ModelQueue {
            tenants = List.copyOf(tenants);
        }

        /** A queue whose tenants are not told apart. */
        public ModelQueue(String model, int requests, long blocks, long estimatedWaitMillis) {
            this(model, requests, blocks, estimatedWaitMillis, List.of());
        }
    }

    /**
     * What a tenant got of one model.
     *
     * @param waiting its requests that wait
     * @param servedTokens prompt and expected output tokens of its admitted requests, what the cache saved left out
     */
    public record TenantShare(String tenant, double weight, int waiting, long servedTokens) {}
}
