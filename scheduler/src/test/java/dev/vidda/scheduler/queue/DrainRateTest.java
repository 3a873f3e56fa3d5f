package dev.vidda.scheduler.queue;

import dev.vidda.scheduler.admission.Cards;
import java.time.Duration;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

import static dev.vidda.scheduler.admission.Cards.seconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

final class DrainRateTest {
    private static final double MEMORY = 30;

    private final DrainRate rate = new DrainRate(Duration.ofSeconds((long) MEMORY));

    @Test
    void aSteadyDrainIsMeasuredAsItIs() {
        rate.waiting(true, seconds(100));
        for (int i = 1; i <= 200; i++) {
            rate.released(5, seconds(100 + 0.5 * i));
        }
        assertThat(rate.blocksPerSecond(seconds(200)).orElseThrow()).isCloseTo(10, within(0.1));
    }

    @Test
    void nothingIsKnownBeforeEnoughWasSeen() {
        assertThat(rate.blocksPerSecond(seconds(0))).isEmpty();
        rate.waiting(true, seconds(1));
        rate.released(1_000, seconds(1.1));
        assertThat(rate.blocksPerSecond(seconds(1.1))).isEmpty();
        assertThat(rate.blocksPerSecond(seconds(3))).isPresent();
    }

    @Test
    void timeWithoutAnybodyWaitingCountsNeitherWay() {
        rate.waiting(true, seconds(0));
        for (int i = 1; i <= 20; i++) {
            rate.released(10, seconds(i));
        }
        double before = rate.blocksPerSecond(seconds(20)).orElseThrow();
        rate.waiting(false, seconds(20));
        rate.released(1, seconds(500));
        rate.waiting(true, seconds(1_000));
        assertThat(rate.blocksPerSecond(seconds(1_000)).orElseThrow()).isEqualTo(before);
    }

    @Test
    void theRateFollowsTheLoad() {
        rate.waiting(true, seconds(0));
        for (int i = 1; i <= 100; i++) {
            rate.released(10, seconds(i));
        }
        for (int i = 101; i <= 100 + 5 * MEMORY; i++) {
            rate.released(1, seconds(i));
        }
        assertThat(rate.blocksPerSecond(seconds(100 + 5 * MEMORY)).orElseThrow())
                .isCloseTo(1, within(0.1));
    }

    @Test
    void aRefusedClientComesBackWhenTheBlocksInFrontHaveDrained() {
        assertThat(Cards.RETRY_AFTER.millis(500, OptionalDouble.of(100))).isEqualTo(5_000);
        assertThat(Cards.RETRY_AFTER.millis(501, OptionalDouble.of(100))).isEqualTo(5_010);
    }

    @Test
    void theTimeToComeBackHasBounds() {
        assertThat(Cards.RETRY_AFTER.millis(1, OptionalDouble.of(100))).isEqualTo(1_000);
        assertThat(Cards.RETRY_AFTER.millis(Long.MAX_VALUE, OptionalDouble.of(1e-9)))
                .isEqualTo(120_000);
        assertThat(Cards.RETRY_AFTER.millis(500, OptionalDouble.empty())).isEqualTo(5_000);
    }
}
