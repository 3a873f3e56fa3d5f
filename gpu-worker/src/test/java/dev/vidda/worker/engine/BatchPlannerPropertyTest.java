package dev.vidda.worker.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** {@link PlannerRun} checks every plan: budget, sequences, blocks, users of every block. */
class BatchPlannerPropertyTest {
    private static final int LONGEST = 100;

    @Test
    void everySequenceEndsAndEveryBlockComesBack() {
        long preemptions = 0;
        for (int seed = 0; seed < 300; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            try {
                preemptions += runToTheEnd(random);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        assertThat(preemptions).isGreaterThan(1000);
    }

    private static long runToTheEnd(SplittableRandom random) {
        int maxSequences = random.nextInt(1, 10);
        int maxPreemptions = random.nextInt(4);
        EngineSettings settings = new EngineSettings(
                maxSequences + random.nextInt(50),
                maxSequences,
                random.nextDouble(0.05, 1),
                maxPreemptions,
                random.nextDouble(0.2),
                random.nextBoolean());
        PlannerRun run = new PlannerRun(random.nextInt(LONGEST / PlannerRun.BLOCK_TOKENS, 60), settings);
        List<Sequence> live = new ArrayList<>();
        int expected = 0;
        for (int step = 0; step < 150; step++) {
            if (random.nextInt(3) == 0) {
                int prompt = random.nextInt(1, LONGEST - 1);
                live.add(run.add(prompt, random.nextInt(1, LONGEST - prompt)));
                expected++;
            }
            if (random.nextInt(20) == 0 && !live.isEmpty()) {
                Sequence cancelled = live.remove(random.nextInt(live.size()));
                run.planner.remove(cancelled);
                expected -= run.ended.contains(cancelled) ? 0 : 1;
            }
            run.step();
        }
        int bound = 100_000;
        while (run.ended.size() < expected) {
            run.step();
            assertThat(bound--).as("steps to go").isPositive();
        }
        assertThat(run.pool.used()).isZero();
        assertThat(run.planner.running()).isEmpty();
        assertThat(run.planner.waiting()).isZero();
        return run.planner.preemptions();
    }
}
