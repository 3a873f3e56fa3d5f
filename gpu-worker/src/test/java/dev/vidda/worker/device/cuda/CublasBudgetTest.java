package dev.vidda.worker.device.cuda;

import dev.vidda.worker.device.CublasSettings.Use;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CublasBudgetTest {
    private static final long GB = 1_000_000_000;

    @Test
    void copiesTakeATenthOfTheGpuAndAQuarterOfWhatIsFreeAtMost() {
        assertThat(CublasBudget.bytes(Use.AUTO, 140 * GB, 120 * GB, 0)).isEqualTo(14 * GB);
        assertThat(CublasBudget.bytes(Use.AUTO, 140 * GB, 40 * GB, 0)).isEqualTo(10 * GB);
    }

    @Test
    void aKvCacheOfFixedSizeComesFirst() {
        assertThat(CublasBudget.bytes(Use.AUTO, 140 * GB, 40 * GB, 38 * GB)).isEqualTo(2 * GB);
        assertThat(CublasBudget.bytes(Use.ON, 140 * GB, 40 * GB, 38 * GB)).isEqualTo(2 * GB);
        assertThat(CublasBudget.bytes(Use.ON, 140 * GB, 40 * GB, 41 * GB)).isZero();
        assertThat(CublasBudget.bytes(Use.OFF, 140 * GB, 40 * GB, 0)).isZero();
    }

    @Test
    void copiesThatSaveMostForTheirBytesAreChosenFirst() {
        List<CublasBudget.Candidate<String>> candidates = List.of(
                new CublasBudget.Candidate<>("large", 100, 50),
                new CublasBudget.Candidate<>("useless", 1, 0),
                new CublasBudget.Candidate<>("small", 20, 30),
                new CublasBudget.Candidate<>("middle", 40, 25));
        assertThat(CublasBudget.choose(candidates, 1000)).containsExactly("small", "middle", "large");
        assertThat(CublasBudget.choose(candidates, 130)).containsExactly("small", "middle");
        assertThat(CublasBudget.choose(candidates, 110)).containsExactly("small", "middle");
        assertThat(CublasBudget.choose(candidates, 19)).isEmpty();
    }

    @Test
    void whatIsChosenNeverTakesMoreThanTheBudget() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            List<CublasBudget.Candidate<Long>> candidates = random.longs(8, 1, 100)
                    .mapToObj(bytes -> new CublasBudget.Candidate<>(bytes, bytes, random.nextDouble()))
                    .toList();
            long budget = random.nextInt(300);
            assertThat(CublasBudget.choose(candidates, budget).stream()
                            .mapToLong(Long::longValue)
                            .sum())
                    .as("seed %d", seed)
                    .isLessThanOrEqualTo(budget);
        }
    }
}
