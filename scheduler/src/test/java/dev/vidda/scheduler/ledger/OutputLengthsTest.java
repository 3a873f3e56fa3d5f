package dev.vidda.scheduler.ledger;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

final class OutputLengthsTest {
    private final RandomGenerator random =
            RandomGeneratorFactory.of("L64X128MixRandom").create(Long.getLong("seed", 20261122L));
    private final OutputLengths lengths = new OutputLengths();

    @Test
    void itsQuantilesAreThoseOfTheLengthsRoundedUpByLessThanATenth() {
        int[] seen = new int[5_000];
        for (int i = 0; i < seen.length; i++) {
            seen[i] = (int) Math.exp(random.nextGaussian(5, 1));
            lengths.learn("m", "t", seen[i]);
        }
        int[] latest = Arrays.copyOfRange(seen, 3_000, 5_000);
        Arrays.sort(latest);
        for (double share : new double[] {0.25, 0.5, 0.9, 0.99}) {
            double exact = latest[(int) (share * latest.length)];
            assertThat((double) lengths.quantile("m", "t", share, 100_000))
                    .as("quantile %s", share)
                    .isBetween(0.8 * exact, 1.3 * exact);
        }
        assertThat(lengths.mean("m", "t", 100_000))
                .isCloseTo(Arrays.stream(latest).average().orElseThrow(), within(40.0));
    }

    @Test
    void asLongAsNothingIsKnownAllOfTheLimitIsExpected() {
        for (int i = 0; i < 23; i++) {
            assertThat(lengths.quantile("m", "t", 0.9, 500)).isEqualTo(500);
            lengths.learn("m", "t", 10);
        }
        lengths.learn("m", "t", 10);
        assertThat(lengths.quantile("m", "t", 0.9, 500)).isBetween(10, 11);
        assertThat(lengths.quantile("m", "t", 1, 500)).as("everything").isEqualTo(500);
        assertThat(lengths.quantile("m", "t", 0.9, 4))
                .as("never more than the limit")
                .isEqualTo(4);
    }

    @Test
    void aTenantIsTakenForTheModelsOthersUntilItIsKnown() {
        for (int i = 0; i < 100; i++) {
            lengths.learn("m", "short", 10);
        }
        assertThat(lengths.quantile("m", "new", 0.9, 500)).isBetween(10, 11);
        assertThat(lengths.quantile("other", "new", 0.9, 500)).isEqualTo(500);
        for (int i = 0; i < 30; i++) {
            lengths.learn("m", "long", 400);
        }
        assertThat(lengths.quantile("m", "long", 0.5, 500)).isBetween(400, 450);
        assertThat(lengths.quantile("m", "short", 0.9, 500)).isBetween(10, 11);
    }

    @Test
    void whatChangesIsFollowed() {
        for (int i = 0; i < 5_000; i++) {
            lengths.learn("m", "t", i < 2_000 ? 1_000 : 50);
        }
        assertThat(lengths.quantile("m", "t", 0.9, 2_000)).isLessThan(60);
    }

    @Test
    void aNegativeLengthIsNone() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> lengths.learn("m", "t", -1))
                .withMessage("length must not be negative, was -1");
    }
}
