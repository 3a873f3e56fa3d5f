package dev.vidda.bench;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class FitSearchTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 64, 100, 499})
    void theLargestIsFoundWithinASixteenth(int limit) throws InterruptedException {
        FitSearch.Found found = new FitSearch(concurrency -> trial(concurrency, limit), 500).search();

        int largest = found.largest().orElseThrow().concurrency();
        assertThat(largest).isBetween(limit - Math.max(1, limit / 16), limit);
        assertThat(found.trials()).hasSizeLessThan(20);
    }

    @Test
    void theKneeGivesNearlyAllOfTheThroughput() throws InterruptedException {
        FitSearch.Found found = new FitSearch(concurrency -> trial(concurrency, 256), 512).search();

        // Throughput grows to 32 at a time, and not beyond.
        assertThat(found.knee().orElseThrow().concurrency()).isEqualTo(32);
    }

    @Test
    void aServerThatServesNobodyWellHasNeither() throws InterruptedException {
        FitSearch.Found found = new FitSearch(concurrency -> trial(concurrency, 0), 512).search();

        assertThat(found.largest()).isEmpty();
        assertThat(found.knee()).isEmpty();
        assertThat(found.trials()).hasSize(1);
    }

    @Test
    void theMostIsNotExceeded() throws InterruptedException {
        assertThat(new FitSearch(concurrency -> trial(concurrency, 1000), 100)
                        .search()
                        .largest()
                        .orElseThrow()
                        .concurrency())
                .isEqualTo(100);
    }

    private static FitSearch.Trial trial(int concurrency, int limit) {
        return new FitSearch.Trial(concurrency, concurrency <= limit ? 1 : 0.5, 10.0 * Math.min(concurrency, 32), 1, 1);
    }
}
