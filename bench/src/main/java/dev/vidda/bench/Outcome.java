package dev.vidda.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What became of one request. Times are nanoseconds of one monotonic clock.
 *
 * @param reason why it is not complete, short enough to be counted by; empty for the first two states
 * @param message what the server said about it, on one line; empty if nothing
 * @param endNanos when the last token or the finish reason came, or the failure was noticed
 * @param chunks arrivals of generated tokens, in order
 * @param right whether the reply ended with the expected answer, where one was given and the stream was complete
 */
public record Outcome(
        State state,
        String reason,
        String message,
        long startNanos,
        long endNanos,
        int promptTokens,
        int outputTokens,
        List<Chunk> chunks,
        Optional<Boolean> right) {
    private static final double NANOS_PER_MILLI = 1e6;

    public Outcome {
        chunks = List.copyOf(chunks);
    }

    /** How a request ended. */
    public enum State {
        /** The stream was whole. */
        COMPLETE,
        /** The client closed it midway, on purpose. */
        ABANDONED,
        /** It began and was not whole. */
        INCOMPLETE,
        /** Another HTTP status than 200. */
        REFUSED,
        /** No answer: no connection, an I/O error, or too late. */
        FAILED
    }

    /** Tokens that came together. */
    public record Chunk(long nanos, int tokens) {}

    public boolean isComplete() {
        return state == State.COMPLETE;
    }

    /** Time to first token, in milliseconds. */
    public OptionalDouble ttft() {
        return chunks.isEmpty()
                ? OptionalDouble.empty()
                : millis(chunks.getFirst().nanos() - startNanos);
    }

    /** End-to-end latency, in milliseconds. */
    public double e2el() {
        return (endNanos - startNanos) / NANOS_PER_MILLI;
    }

    /** Time per output token without the first, in milliseconds; empty for less than two. */
    public OptionalDouble tpot() {
        OptionalDouble ttft = ttft();
        return outputTokens < 2 || ttft.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of((e2el() - ttft.getAsDouble()) / (outputTokens - 1));
    }

    /** Inter-token latencies: times between successive arrivals, in milliseconds. */
    public List<Double> itl() {
        List<Double> gaps = new ArrayList<>();
        for (int i = 1; i < chunks.size(); i++) {
            gaps.add((chunks.get(i).nanos() - chunks.get(i - 1).nanos()) / NANOS_PER_MILLI);
        }
        return gaps;
    }

    private static OptionalDouble millis(long nanos) {
        return OptionalDouble.of(nanos / NANOS_PER_MILLI);
    }
}
