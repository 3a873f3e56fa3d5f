package dev.vidda.bench;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

final class PaceTest {
    @Test
    void arrivalsComeAtTheirRateAndTheSameForTheSameSeed() {
        Pace pace = pace(1, OptionalDouble.of(4), 0.5);
        long[] gaps = gaps(pace);
        double mean = LongStream.of(gaps).average().orElseThrow() / 1e9;
        assertThat(mean).isCloseTo(0.25, within(0.01));
        double variance = LongStream.of(gaps)
                .mapToDouble(gap -> Math.pow(gap / 1e9 - mean, 2))
                .average()
                .orElseThrow();
        assertThat(Math.sqrt(variance)).as("exponential: as wide as its mean").isCloseTo(0.25, within(0.02));
        assertThat(gaps(pace)).isEqualTo(gaps);
    }

    @Test
    void theAbandonedShareIsAsAskedAndTheSameForTheSameSeed() {
        Pace pace = pace(1, OptionalDouble.empty(), 0.25);
        int[] after =
                IntStream.range(0, 10_000).map(i -> pace.abandonAfter(i, 100)).toArray();
        assertThat(IntStream.of(after).filter(n -> n <= 32).count() / 1e4).isCloseTo(0.25, within(0.02));
        assertThat(IntStream.of(after).filter(n -> n > 32)).allMatch(n -> n == Integer.MAX_VALUE);
        assertThat(IntStream.range(0, 10_000)
                        .map(i -> pace.abandonAfter(i, 100))
                        .toArray())
                .isEqualTo(after);
        assertThat(pace(1, OptionalDouble.empty(), 1).abandonAfter(3, 1)).isEqualTo(1);
        assertThat(pace(1, OptionalDouble.empty(), 0).abandonAfter(3, 1)).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void aPaceThatMakesNoSenseIsNamed() {
        refuses("concurrency must be at least 1, was 0", () -> pace(0, OptionalDouble.empty(), 0));
        refuses("--rate must be above 0, was 0.0", () -> pace(1, OptionalDouble.of(0), 0));
        refuses("--abandon must be in [0, 1], was 1.5", () -> pace(1, OptionalDouble.empty(), 1.5));
        refuses(
                "requests must be at least 1",
                () -> new Pace(1, OptionalDouble.empty(), 1, OptionalInt.of(0), Optional.empty(), 0, 1));
        refuses(
                "one of --requests and --duration is needed",
                () -> new Pace(1, OptionalDouble.empty(), 1, OptionalInt.empty(), Optional.empty(), 0, 1));
    }

    @Test
    void durationsAreReadAsPeopleWriteThem() {
        assertThat(Durations.parse("500ms")).isEqualTo(Duration.ofMillis(500));
        assertThat(Durations.parse("60s")).isEqualTo(Duration.ofMinutes(1));
        assertThat(Durations.parse("5m")).isEqualTo(Duration.ofMinutes(5));
        assertThat(Durations.parse("1h")).isEqualTo(Duration.ofHours(1));
        refuses("'1 minute' is no duration", () -> Durations.parse("1 minute"));
        refuses("a duration must be positive", () -> Durations.parse("0s"));
    }

    private static void refuses(String message, ThrowingCallable call) {
        assertThatIllegalArgumentException().isThrownBy(call).withMessageContaining(message);
    }

    private static long[] gaps(Pace pace) {
        RandomGenerator random = pace.arrivals();
        return LongStream.range(0, 20_000)
                .map(i -> pace.nextGapNanos((int) i, random))
                .toArray();
    }

    private static Pace pace(int concurrency, OptionalDouble rate, double abandon) {
        return new Pace(concurrency, rate, 1, OptionalInt.of(1), Optional.empty(), abandon, 42);
    }
}
