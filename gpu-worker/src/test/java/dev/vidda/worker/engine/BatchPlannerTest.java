package dev.vidda.worker.engine;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BatchPlannerTest {
    @Test
    void decodesComeBeforePrompts() {
        PlannerRun run = new PlannerRun(1000, settings(8, 4));
        Sequence decoding = run.add(3, 50);
        run.step();
        run.add(100, 1);
        StepPlan plan = run.step();
        assertThat(plan.sequence(0)).isSameAs(decoding);
        assertThat(plan.count(0)).isEqualTo(1);
        assertThat(plan.count(1)).isEqualTo(7);
    }

    @Test
    void severalPromptsShareAStep() {
        PlannerRun run = new PlannerRun(1000, settings(100, 8));
        Sequence longest = run.add(500, 1);
        Sequence middle = run.add(60, 1);
        Sequence shortest = run.add(40, 1);
        run.step();
        assertThat(run.plannedCount(longest)).isEqualTo(25);
        assertThat(run.plannedCount(middle)).isEqualTo(35);
        assertThat(run.plannedCount(shortest)).isEqualTo(40);
    }

    @Test
    void aShortPromptBehindLongOnesIsDoneInItsFirstStep() {
        PlannerRun run = new PlannerRun(10_000, settings(100, 8));
        for (int i = 0; i < 5; i++) {
            run.add(5000, 1);
        }
        run.step();
        Sequence late = run.add(70, 1);
        run.step();
        assertThat(run.ended).containsExactly(late);
    }

    @Test
    void aLongPromptIsNotStarvedByAStreamOfShortOnes() {
        PlannerRun run = new PlannerRun(10_000, settings(100, 8));
        Sequence longPrompt = run.add(5000, 1);
        int steps = 0;
        while (!run.ended.contains(longPrompt)) {
            run.add(99, 1);
            run.add(99, 1);
            run.step();
            steps++;
        }
        assertThat(steps).isLessThanOrEqualTo(5000 / 25);
    }

    @Test
    void waitingSequencesStartInOrderOfArrivalEvenIfALaterOneWouldFit() {
        PlannerRun run = new PlannerRun(20, settings(100, 8));
        Sequence first = run.add(60, 10);
        Sequence tooLargeNow = run.add(40, 1);
        Sequence small = run.add(4, 1);
        run.step();
        assertThat(run.startOrder).containsExactly(first);
        while (run.ended.size() < 3) {
            run.step();
        }
        assertThat(run.startOrder).containsExactly(first, tooLargeNow, small);
    }

    @Test
    void aSequenceStartsOnlyWhenTheHeadroomIsLeftToThoseThatRun() {
        EngineSettings settings = new EngineSettings(100, 8, 0.25, 3, 0.5, true);
        PlannerRun run = new PlannerRun(10, settings);
        Sequence first = run.add(36, 3);
        run.step();
        Sequence second = run.add(4, 1);
        run.step();
        assertThat(run.startOrder).containsExactly(first);
        run.step();
        run.step();
        assertThat(run.ended).containsExactly(first, second);
    }

    @Test
    void thePreemptedSequenceResumesBeforeThoseThatCameAfterIt() {
        PlannerRun run = new PlannerRun(6, settings(100, 8));
        Sequence first = run.add(8, 16);
        Sequence second = run.add(8, 16);
        Sequence third = run.add(8, 16);
        while (run.planner.preemptions() == 0) {
            run.step();
        }
        List<Sequence> victims = Stream.of(first, second, third)
                .filter(sequence -> sequence.preemptions() > 0)
                .toList();
        assertThat(victims).hasSize(1).doesNotContainAnyElementsOf(run.planner.running());
        Sequence late = run.add(4, 1);
        while (!run.startOrder.contains(late)) {
            run.step();
        }
        assertThat(run.planner.running().containsAll(victims) || run.ended.containsAll(victims))
                .isTrue();
    }

    private static EngineSettings settings(int maxBatchTokens, int maxBatchSequences) {
        return new EngineSettings(maxBatchTokens, maxBatchSequences, 0.25, 3, 0, true);
    }
}
