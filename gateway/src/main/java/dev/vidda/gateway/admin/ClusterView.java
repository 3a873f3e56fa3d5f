package dev.vidda.gateway.admin;

import dev.vidda.protocol.Capacity;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is known of the workers: as of the last answer of the scheduler. Thread-safe. */
public final class ClusterView {
    /** A worker's step may take long, but not that long. */
    private static final Duration LONGEST_STANDSTILL = Duration.ofSeconds(60);

    private volatile Snapshot snapshot = new Snapshot(new Capacity(List.of(), List.of()), Map.of());

    /** At one moment. */
    public record Snapshot(Capacity capacity, Map<String, WorkerRates> rates) {
        public Snapshot {
            rates = Map.copyOf(rates);
        }

        /** A worker's rates. */
        public WorkerRates ratesOf(String workerId) {
            return rates.getOrDefault(workerId, WorkerRates.NONE);
        }
    }

    void set(Snapshot now) {
        snapshot = now;
    }

    /** The last that was heard. */
    public Snapshot get() {
        return snapshot;
    }

    /**
     * What is wrong with workers that should compute; empty if nothing is, or nothing is known. A worker hangs when it
     * has sequences and its step counter stands still.
     */
    public Optional<String> trouble() {
        Snapshot now = snapshot;
        List<String> hanging = now.capacity().workers().stream()
                .filter(worker -> worker.report().sequences().running() > 0)
                .map(worker -> worker.card().workerId())
                .filter(id -> now.ratesOf(id).stillMillis() > LONGEST_STANDSTILL.toMillis())
                .sorted()
                .toList();
        boolean all =
                !hanging.isEmpty() && hanging.size() == now.capacity().workers().size();
        return all
                ? Optional.of("No worker has finished a step for over " + LONGEST_STANDSTILL.toSeconds() + " s: "
                        + String.join(", ", hanging) + ".")
                : Optional.empty();
    }
}
