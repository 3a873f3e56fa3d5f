package dev.vidda.simulator;

import java.util.List;

/**
 * Requests in order of arrival.
 *
 * @param failures workers that die, and when they come back
 */
public record Trace(String name, List<SimRequest> requests, List<Failure> failures) {
    public Trace {
        failures = List.copyOf(failures);
    }

    /** A worker that dies at {@code fromNanos} and comes back, empty, at {@code untilNanos}. */
    public record Failure(int worker, long fromNanos, long untilNanos) {}
}
