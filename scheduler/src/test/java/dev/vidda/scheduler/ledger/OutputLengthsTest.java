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
    void meanAndDeviationAreThoseOfTheLatestLengths() {
        double[] latest = new double[2_000];
        for (int i = 0; i < 5_000; i++) {
            int length = (int) Math.exp(random.nextGaussian(5, 0.8));
            latest[i % latest.length] = length;
            lengths.learn("m", "t", length);
        }
        double mean = Arrays.stream(latest).average().orElseThrow();
        double variance = Arrays.stream(latest)
                .map(length -> (length - mean) * (length - mean))
                .average()
                .orElseThrow();
        OutputLengths.Expected expected = lengths.expected("m", "t", 0.8413, 100_000);
        assertThat(expected.mean()).isCloseTo(mean, within(0.1 * mean));
        assertThat(expected.deviation()).as("one deviation").isCloseTo(Math.sqrt(variance), within(0.2 * mean));
        assertThat(expected.committed()).isEqualTo((int) Math.ceil(expected.mean() / 2));
    }

    @Test
    void deviationsAreThoseOfTheNormalDistribution() {
        assertThat(OutputLengths.deviations(0.2)).isZero();
        assertThat(OutputLengths.deviations(0.5)).isZero();
        assertThat(OutputLengths.deviations(0.75)).isCloseTo(0.6745, within(1e-3));
        assertThat(OutputLengths.deviations(0.9)).isCloseTo(1.2816, within(1e-3));
        assertThat(OutputLengths.deviations(0.999)).isCloseTo(3.0902, within(1e-3));
    }

    @Test
    void asLongAsNothingIsKnownAllOfTheLimitIsExpected() {
        for (int i = 0; i < 23; i++) {
            assertThat(lengths.expected("m", "t", 0.9, 500)).isEqualTo(new OutputLengths.Expected(500, 250, 0));
            lengths.learn("m", "t", 10);
        }
        lengths.learn("m", "t", 10);
        assertThat(lengths.expected("m", "t", 0.9, 500)).isEqualTo(new OutputLengths.Expected(5, 10, 0));
        assertThat(lengths.expected("m", "t", 1, 500).committed())
                .as("everything")
                .isEqualTo(500);
        assertThat(lengths.expected("m", "t", 0.9, 4))
                .as("never more than the limit")
                .isEqualTo(new OutputLengths.Expected(2, 4, 0));
    }

    @Test
    void aTenantIsTakenForTheModelsOthersUntilItIsKnown() {
        for (int i = 0; i < 100; i++) {
            lengths.learn("m", "short", 10);
        }
        assertThat(lengths.expected("m", "new", 0.9, 500).mean()).isCloseTo(10, within(0.1));
        assertThat(lengths.expected("other", "new", 0.9, 500).committed()).isEqualTo(500);
        for (int i = 0; i < 30; i++) {
            lengths.learn("m", "long", 400);
        }
        assertThat(lengths.expected("m", "long", 0.5, 500).mean()).isCloseTo(400, within(0.1));
        assertThat(lengths.expected("m", "short", 0.9, 500).mean()).isCloseTo(10, within(0.1));
    }

    @Test
    void whatChangesIsFollowed() {
        for (int i = 0; i < 8_000; i++) {
            lengths.learn("m", "t", i < 2_000 ? 1_000 : 50);
        }
        assertThat(lengths.expected("m", "t", 0.9, 2_000).mean()).isLessThan(60);
    }

    @Test
    void aNegativeLengthIsNone() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> lengths.learn("m", "t", -1))
                .withMessage("length must not be negative, was -1");
    }
}
