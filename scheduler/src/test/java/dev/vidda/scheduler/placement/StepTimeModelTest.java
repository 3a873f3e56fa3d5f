package dev.vidda.scheduler.placement;

import dev.vidda.protocol.StepSample;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

final class StepTimeModelTest {
    private final RandomGenerator random =
            RandomGeneratorFactory.of("L64X128MixRandom").create(Long.getLong("seed", 20261122L));

    @Test
    void itFindsWhatStepsCost() {
        StepTimeModel model = new StepTimeModel();
        for (int report = 0; report < 100; report++) {
            model.observe(steps(16, 1));
        }
        assertThat(model.decodeMillis(100, 50_000)).isCloseTo(3 + 1 + 3.5, within(0.2));
        assertThat(model.addedDecodeMillis(1, 2_000)).isCloseTo(0.01 + 0.14, within(0.03));
        assertThat(model.prefillMillis(2_048, 2e6)).isCloseTo(26.6 + 2.6, within(1.0));
    }

    @Test
    void itFollowsAWorkerThatBecomesSlower() {
        StepTimeModel model = new StepTimeModel();
        for (int report = 0; report < 400; report++) {
            model.observe(steps(16, report < 200 ? 1 : 2));
        }
        assertThat(model.decodeMillis(100, 50_000)).isCloseTo(2 * 7.5, within(0.6));
    }

    @Test
    void beforeDataItIsSaneAndMoreWorkNeverTakesLess() {
        StepTimeModel model = new StepTimeModel();
        assertThat(model.decodeMillis(0, 0)).isBetween(1.0, 100.0);
        for (int report = 0; report < 50; report++) {
            assertThat(model.decodeMillis(10, 1_000)).isLessThanOrEqualTo(model.decodeMillis(20, 2_000));
            assertThat(model.prefillMillis(10, 100)).isLessThanOrEqualTo(model.prefillMillis(20, 100));
            // Noise alone, that would make the coefficients of a plain fit negative.
            model.observe(List.of(new StepSample(random.nextInt(9), random.nextInt(9), 1_000, random.nextInt(90_000))));
        }
    }

    @Test
    void aNewWorkerIsTakenForOneOfItsKindUntilMoreIsKnown() {
        StepTimeModel kind = new StepTimeModel();
        StepTimeModel first = new StepTimeModel(kind);
        StepTimeModel second = new StepTimeModel(kind);
        for (int report = 0; report < 100; report++) {
            first.observe(steps(16, 1));
        }
        assertThat(second.decodeMillis(100, 50_000)).isCloseTo(7.5, within(0.3));
        assertThat(second.isLearned()).isFalse();
        for (int report = 0; report < 100; report++) {
            second.observe(steps(16, 3));
        }
        assertThat(second.isLearned()).isTrue();
        assertThat(second.decodeMillis(100, 50_000)).isCloseTo(22.5, within(1.0));
        assertThat(first.decodeMillis(100, 50_000)).isCloseTo(7.5, within(0.3));
    }

    private List<StepSample> steps(int count, double factor) {
        List<StepSample> steps = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int prefill = random.nextInt(3) == 0 ? random.nextInt(2_048) : 0;
            long pairs = StepSample.pairs(prefill, random.nextInt(20_000));
            int sequences = random.nextInt(200);
            long kv = (long) sequences * random.nextInt(100, 2_000);
            double millis = 3 + 0.013 * prefill + 1.3e-6 * pairs + 0.01 * sequences + 7e-5 * kv;
            double noise = 1 + 0.05 * (random.nextDouble() - 0.5);
            steps.add(new StepSample(prefill, pairs, sequences, kv, Math.round(1_000 * factor * noise * millis)));
        }
        return steps;
    }
}
