package dev.vidda.worker.engine;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PrefillSharesTest {
    @Test
    void aSinglePromptGetsAll() {
        assertThat(divide(0.25, 100, 1000)).containsExactly(100);
        assertThat(divide(0.25, 100, 30)).containsExactly(30);
    }

    @Test
    void shortPromptsPassALongOneThatKeepsItsShare() {
        assertThat(divide(0.25, 100, 10_000, 30, 500, 20)).containsExactly(25, 30, 25, 20);
    }

    @Test
    void whatNobodyElseTakesGoesToTheOldest() {
        assertThat(divide(0.25, 100, 10_000, 30)).containsExactly(70, 30);
    }

    @Test
    void theOlderOfEqualPromptsGoesFirst() {
        assertThat(divide(0.25, 100, 10_000, 60, 60)).containsExactly(25, 60, 15);
    }

    @Test
    void theWholeStepForTheOldestIsOrderOfArrival() {
        assertThat(divide(1, 100, 80, 50, 5)).containsExactly(80, 15, 5);
    }

    @Test
    void noBudgetGivesNothing() {
        assertThat(divide(0.25, 0, 10, 20)).containsExactly(0, 0);
    }

    @Test
    void theBudgetIsUsedUpAndNeverExceeded() {
        for (int seed = 0; seed < 2000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int[] remaining = random.ints(random.nextInt(1, 40), 1, 200).toArray();
            int budget = random.nextInt(1, 1000);
            double oldest = random.nextDouble(0.01, 1);
            int[] shares = divide(oldest, budget, remaining);
            assertThat(Arrays.stream(shares).sum())
                    .as("seed %d", seed)
                    .isEqualTo(Math.min(budget, Arrays.stream(remaining).sum()));
            assertThat(IntStream.range(0, remaining.length))
                    .as("seed %d", seed)
                    .allMatch(i -> shares[i] >= 0 && shares[i] <= remaining[i]);
            assertThat(shares[0]).as("seed %d", seed).isGreaterThanOrEqualTo(Math.min(remaining[0], (int)
                    Math.ceil(budget * oldest)));
        }
    }

    private static int[] divide(double oldestShare, int budget, int... remaining) {
        return Arrays.copyOf(
                new PrefillShares(oldestShare).divide(remaining, remaining.length, budget), remaining.length);
    }
}
