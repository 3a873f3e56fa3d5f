package dev.vidda.worker;

import dev.vidda.protocol.StepSample;
import dev.vidda.worker.engine.StepCounts;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StepSamplesTest {
    private static final StepCounts COUNTS = new StepCounts(5, 3, 70);

    private final StepSamples samples = new StepSamples();

    @Test
    void aStepAmongOthersTookFromResultToResult() {
        samples.add(COUNTS, 1_000, 9_000, true);
        samples.add(COUNTS, 9_500, 15_000, true);
        assertThat(samples.take()).containsExactly(new StepSample(5, 3, 70, 8), new StepSample(5, 3, 70, 6));
        assertThat(samples.take()).isEmpty();
    }

    @Test
    void theTimeInWhichThereWasNothingToDoDoesNotCount() {
        samples.add(COUNTS, 1_000, 9_000, false);
        samples.add(COUNTS, 1_000_000, 1_004_000, false);
        assertThat(samples.take()).extracting(StepSample::micros).containsExactly(8L, 4L);
    }

    @Test
    void onlyTheLatestAreKept() {
        for (int i = 0; i < 1000; i++) {
            samples.add(COUNTS, 0, 1_000L * i, false);
        }
        assertThat(samples.take()).hasSize(32).extracting(StepSample::micros).contains(999L, 968L);
    }
}
