package dev.vidda.scheduler.queue;

import java.time.Duration;
import java.util.OptionalDouble;

/**
 * When a client that was sent away should come back.
 *
 * @param initial while no rate has been observed, and while no worker serves the model
 * @param shortest never less
 * @param longest never more
 * @param memory how long the {@link DrainRate} remembers
 */
public record RetryAfter(Duration initial, Duration shortest, Duration longest, Duration memory) {
    /** In a second. */
    public static final double MILLIS = 1_000;

    public RetryAfter {
        require(!shortest.isNegative() && !shortest.isZero(), "shortest must be positive", shortest);
        require(longest.compareTo(shortest) >= 0, "longest must be at least shortest, " + shortest, longest);
        require(initial.compareTo(shortest) >= 0, "initial must be at least shortest, " + shortest, initial);
        require(initial.compareTo(longest) <= 0, "initial must be at most longest, " + longest, initial);
        require(!memory.isNegative() && !memory.isZero(), "memory must be positive", memory);
    }

    /** Milliseconds until {@code blocksInFront} blocks have been given back at this rate. */
    public long millis(long blocksInFront, OptionalDouble blocksPerSecond) {
        if (blocksPerSecond.isEmpty()) {
            return initial.toMillis();
        }
        double estimate = Math.ceil(MILLIS * blocksInFront / blocksPerSecond.getAsDouble());
        return (long) Math.clamp(estimate, (double) shortest.toMillis(), (double) longest.toMillis());
    }

    private static void require(boolean holds, String rule, Duration value) {
        if (!holds) {
            throw new IllegalArgumentException(rule + ", was " + value);
        }
    }
}
