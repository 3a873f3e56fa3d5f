package dev.vidda.simulator;

import java.util.List;

/**
 * Requests in order of arrival.
 *
 * @param failures workers that die, and when they come back
 * @param measuredFromNanos requests that arrive earlier only warm the cluster up: no figure counts them
 */
public record Trace(String name, List<SimRequest> requests, List<Failure> failures, long measuredFromNanos) {
    public Trace {
        failures = List.copyOf(failures);
    }

    /** One of which all counts. */
    Trace(String name, List<SimRequest> requests, List<Failure> failures) {
        this(name, requests, failures, 0);
    }

    List<SimRequest> measured() {
        return requests.stream()
                .filter(request -> request.arrivalNanos >= measuredFromNanos)
                .toList();
    }

    /** Those of its requests that have ended. */
    Trace ended() {
        List<SimRequest> ended = requests.stream().filter(SimRequest::isDone).toList();
        return new Trace(name, ended, failures, measuredFromNanos);
    }

    /** A worker that dies at {@code fromNanos} and comes back, empty, at {@code untilNanos}. */
    public record Failure(int worker, long fromNanos, long untilNanos) {}
}
