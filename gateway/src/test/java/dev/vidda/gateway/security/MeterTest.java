package dev.vidda.gateway.security;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class MeterTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Meter meter = new Meter();

    @Test
    void asManyRequestsAsTheLimitSaysPassAtOnceThenOneAsEachComesDue() {
        Quota quota = new Quota(60, 0, 0);
        for (int i = 0; i < 60; i++) {
            assertThat(meter.enter(quota, 0)).as("request %d", i).isEmpty();
        }
        assertThat(meter.enter(quota, 0)).hasValueSatisfying(excess -> {
            assertThat(excess.message()).contains("60 requests a minute");
            assertThat(excess.retryAfterSeconds()).isEqualTo(1);
        });
        assertThat(meter.enter(quota, SECOND)).isEmpty();
        assertThat(meter.enter(quota, SECOND)).isPresent();
    }

    @Test
    void generatedTokensCountAgainstTheNextPrompt() {
        Quota quota = new Quota(0, 600, 0);
        assertThat(meter.prompt(100, quota, 0)).isEmpty();
        meter.generated(800, quota, 0);
        assertThat(meter.prompt(100, quota, 0)).hasValueSatisfying(excess -> {
            assertThat(excess.message()).contains("600 tokens a minute").contains("prompt of 100");
            // 300 in debt, 100 wanted, ten come each second.
            assertThat(excess.retryAfterSeconds()).isEqualTo(40);
        });
        assertThat(meter.prompt(100, quota, 40 * SECOND)).isEmpty();
    }

    @Test
    void aPromptLargerThanTheLimitPassesWhenNothingElseWasUsed() {
        Quota quota = new Quota(0, 600, 0);
        assertThat(meter.prompt(5000, quota, 0)).isEmpty();
        assertThat(meter.prompt(1, quota, 300 * SECOND)).isPresent();
        assertThat(meter.prompt(1, quota, 500 * SECOND)).isEmpty();
    }

    @Test
    void noMoreRequestsAreUnderWayThanMayBe() {
        Quota quota = new Quota(0, 0, 2);
        assertThat(meter.enter(quota, 0)).isEmpty();
        assertThat(meter.enter(quota, 0)).isEmpty();
        assertThat(meter.enter(quota, 0)).isPresent();
        meter.leave();
        assertThat(meter.enter(quota, 0)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void inNoMinuteTwiceTheLimitPasses(long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        Quota quota = new Quota(30, 0, 0);
        Deque<Long> passed = new ArrayDeque<>();
        long now = 0;
        for (int i = 0; i < 5000; i++) {
            now += (long) (random.nextExponential() * SECOND / 2);
            Optional<Meter.Excess> excess = meter.enter(quota, now);
            if (excess.isEmpty()) {
                passed.addLast(now);
            }
            while (!passed.isEmpty() && passed.getFirst() <= now - 60 * SECOND) {
                passed.removeFirst();
            }
            assertThat(passed).as("seed %d, request %d", seed, i).hasSizeLessThanOrEqualTo(60);
        }
        assertThat(passed).as("seed %d", seed).hasSizeGreaterThanOrEqualTo(29);
    }
}
