package dev.vidda.bench;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * When requests start, and when no more do. Requests that run then are awaited.
 *
 * @param concurrency the most that run at a time
 * @param rate requests per second as a Poisson process; without it, the next starts as soon as one ends
 * @param burst requests that come together at each moment of that process, so that the rate stays the same; at least 1
 * @param requests the most to start
 * @param duration how long to start new ones
 * @param abandonShare of the streams that the client closes midway; in [0, 1]
 * @param seed of arrival times and of the choice whom to abandon
 */
public record Pace(
        int concurrency,
        OptionalDouble rate,
        int burst,
        OptionalInt requests,
        Optional<Duration> duration,
        double abandonShare,
        long seed) {
    private static final double NANOS = 1e9;
    private static final int NEVER = Integer.MAX_VALUE;
    private static final int LATEST_LEAVING = 32;

    public Pace {
        require(concurrency >= 1, "--concurrency must be at least 1", concurrency);
        require(rate.isEmpty() || rate.getAsDouble() > 0, "--rate must be above 0", rate.orElse(0));
        require(burst >= 1, "--burst must be at least 1", burst);
        require(requests.isEmpty() || requests.getAsInt() >= 1, "--requests must be at least 1", requests.orElse(0));
        if (requests.isEmpty() && duration.isEmpty()) {
            throw new IllegalArgumentException("one of --requests and --duration is needed");
        }
        require(abandonShare >= 0 && abandonShare <= 1, "--abandon must be in [0, 1]", abandonShare);
    }

    /** So many requests, of which so many are always under way. */
    static Pace concurrent(int concurrency, int requests, long seed) {
        return new Pace(concurrency, OptionalDouble.empty(), 1, OptionalInt.of(requests), Optional.empty(), 0, seed);
    }

    /** Nanoseconds between arrival {@code index - 1} and the next, drawn in turn from {@code random}. */
    long nextGapNanos(int index, RandomGenerator random) {
        return index % burst == 0 ? burst * nextGapNanos(random) : 0;
    }

    private long nextGapNanos(RandomGenerator random) {
        return (long) (NANOS * -Math.log(1 - random.nextDouble()) / rate.orElseThrow());
    }

    RandomGenerator arrivals() {
        return generator(seed);
    }

    /**
     * After how many arrivals of tokens request {@code index} is left, or never: early, so that few streams end before,
     * and at most after half of {@code maxTokens}.
     */
    int abandonAfter(int index, int maxTokens) {
        RandomGenerator random = generator(seed + 1 + index);
        boolean abandoned = random.nextDouble() < abandonShare;
        return abandoned ? random.nextInt(1, Math.clamp(maxTokens / 2, 1, LATEST_LEAVING) + 1) : NEVER;
    }

    private static RandomGenerator generator(long seed) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    private static void require(boolean holds, String rule, Object value) {
        if (!holds) {
            throw new IllegalArgumentException(rule + ", was " + value);
        }
    }
}
