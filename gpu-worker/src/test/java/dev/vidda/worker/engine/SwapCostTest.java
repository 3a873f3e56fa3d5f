package dev.vidda.worker.engine;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class SwapCostTest {
    private final SwapCost cost = new SwapCost(0.001);

    @Test
    void copiesGoThereAndBack() {
        assertThat(cost.copying(5)).isCloseTo(0.01, within(1e-12));
        assertThat(cost.copying(0)).isZero();
    }

    @Test
    void computingIsGuessedUntilAStepWithAPromptWasMeasured() {
        assertThat(cost.computing(10_000)).isEqualTo(1);
        cost.observe(new StepCounts(1000, 10, 0), 10_100_000);
        assertThat(cost.computing(100_000)).isCloseTo(1, within(1e-9));
    }

    @Test
    void stepsThatMostlyDecodeAreUnmeasuredOrTooShortSayNothing() {
        cost.observe(new StepCounts(100, 200, 0), 1);
        cost.observe(new StepCounts(63, 0, 0), 1);
        cost.observe(new StepCounts(1000, 0, 0), -1);
        assertThat(cost.computing(10_000)).isEqualTo(1);
    }

    @Test
    void newerStepsCountMore() {
        cost.observe(new StepCounts(1000, 0, 0), 100_000_000);
        for (int i = 0; i < 40; i++) {
            cost.observe(new StepCounts(1000, 0, 0), 50_000_000);
        }
        assertThat(cost.computing(20_000)).isCloseTo(1, within(0.001));
    }

    @Test
    void withoutRoomNothingIsCopied() {
        assertThat(new SwapCost(Double.POSITIVE_INFINITY).copying(1)).isInfinite();
    }
}
