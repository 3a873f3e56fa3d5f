package dev.vidda.protocol;

import java.util.List;

/**
 * What a worker tells schedulers of its requests, so that each of them holds the same ledger.
 *
 * @param started leases it began to serve since its last report
 * @param ended ids of requests that ended since
 */
public record LeaseChanges(List<Lease> started, List<String> ended) {
    /** Nothing new. */
    public static final LeaseChanges NONE = new LeaseChanges(List.of(), List.of());

    public LeaseChanges {
        started = List.copyOf(started);
        ended = List.copyOf(ended);
    }
}
