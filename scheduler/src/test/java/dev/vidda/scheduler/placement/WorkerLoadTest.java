package dev.vidda.scheduler.placement;

import dev.vidda.protocol.StepSample;
import dev.vidda.protocol.WorkerReport;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** On a worker whose steps take 5 ms, and 10 us more for each token of a prompt; steps full of prompt take 25 ms. */
final class WorkerLoadTest {
    private static final Work ANSWER = new Work(1, 0, 1, 0, 200, 0);
    private static final Work LONG = prompt(40_000, 0);

    private final WorkerLoad load = new WorkerLoad(learned());

    WorkerLoadTest() {
        load.report(report(new StepSample(2_000, 0, 0, 0, 25_000), 64), 0);
    }

    @Test
    void answersAvoidWhereALongPromptIsComputed() {
        double alone = load.answerMillis(ANSWER, 0);
        assertThat(alone).isCloseTo(200 * 5, within(20.0));
        load.add(LONG, 0);
        double own = load.ownMillis(LONG);
        assertThat(own).isCloseTo(500, within(20.0));
        assertThat(load.answerMillis(ANSWER, 0))
                .as("some 20 of its tokens come while that is computed")
                .isGreaterThan(alone + 0.7 * own);
    }

    @Test
    void answersAvoidWherePromptsTookMostOfTheTimeLately() {
        double alone = load.answerMillis(ANSWER, 0);
        for (int second = 0; second < 30; second++) {
            load.add(LONG, second * 1_000.0);
        }
        double idleAgain = load.readyAt(40_000) + 500;
        assertThat(load.waitMillis(40_000, idleAgain)).isZero();
        assertThat(load.answerMillis(ANSWER, idleAgain))
                .as("prompts take half of the time")
                .isGreaterThan(1.4 * alone);

        load.allStarted();
        load.report(WorkerReport.idle("w"), idleAgain + 60_000);
        assertThat(load.answerMillis(ANSWER, idleAgain + 60_000))
                .as("a minute later they are forgotten")
                .isCloseTo(alone, within(0.02 * alone));
    }

    @Test
    void onlyStepsBeyondThePaceAreInAnybodysWay() {
        assertThat(load.excessMillis(prompt(40_000, 50))).isZero();
        assertThat(load.excessMillis(prompt(40_000, 10)))
                .as("20 steps of 25 ms")
                .isCloseTo(20 * 15, within(20.0));
        assertThat(load.excessMillis(prompt(1_000, 10))).as("one step of 15 ms").isCloseTo(5, within(2.0));
    }

    @Test
    void aPromptInBetweenBreaksNobodysPace() {
        load.add(LONG, 0);
        assertThat(load.keepsPace(prompt(100, 6))).isTrue();
        assertThat(load.keepsPace(prompt(100, 4))).as("steps take 5 ms").isFalse();
    }

    @Test
    void whoDecodesWaitsForStepsOfAPromptAndBesideAnAnswerThatAreBeyondThePace() {
        load.add(prompt(100, 10), 0);
        load.add(prompt(100, 10), 0);
        assertThat(load.harmMillis(prompt(100, 10))).as("steps of 5 to 7 ms").isZero();
        assertThat(load.harmMillis(prompt(1_000, 10)))
                .as("two wait for one step of 15 ms")
                .isCloseTo(2 * 5, within(4.0));
        assertThat(load.harmMillis(prompt(1, 4)))
                .as("two wait 1 ms for each of 100 tokens, and for the prompt's step")
                .isCloseTo(2 * 101, within(30.0));
    }

    @Test
    void whatFindsNoRoomInTheCacheEvicts() {
        Work work = new Work(1_000, 400, 2, 0, 100, 0);
        assertThat(load.evictedMillis(work)).as("nothing is known of the cache").isZero();
        load.cacheRoom(800);
        assertThat(load.evictedMillis(work))
                .as("600 of the prompt, 200 of answers")
                .isZero();
        load.cacheRoom(0);
        double all = load.evictedMillis(work);
        assertThat(all).isPositive();
        load.cacheRoom(600);
        assertThat(load.evictedMillis(work)).isCloseTo(all / 4, within(1e-9));
    }

    @Test
    void roomInTheCacheIsTakenAtOnceAndOnlyOnce() {
        Work work = new Work(1_000, 400, 1, 0, 100, 0);
        load.cacheRoom(1_300);
        load.add(work, 0);
        assertThat(load.evictedMillis(work)).as("700 of 1,300 are taken").isPositive();
        assertThat(load.copy().evictedMillis(work)).isEqualTo(load.evictedMillis(work));
        load.cacheRoom(1_300);
        assertThat(load.evictedMillis(work)).as("what is on its way will come").isZero();
        load.cacheRoom(1_299);
        assertThat(load.evictedMillis(work)).isPositive();
        load.started(work);
        load.cacheRoom(700);
        assertThat(load.evictedMillis(work)).as("the worker counts it itself").isZero();
    }

    private static Work prompt(int tokens, long itlTargetMillis) {
        return new Work(tokens, 0, 1, 0, 100, itlTargetMillis);
    }

    private static StepTimeModel learned() {
        StepTimeModel model = new StepTimeModel();
        for (int i = 0; i < 200; i++) {
            model.observe(List.of(
                    new StepSample(0, 0, 1 + i % 4, 100L * (i % 5), 5_000),
                    new StepSample(10 * i, 40_000_000L * (i % 7), i % 4, 100L * (i % 3), 5_000 + 100L * i)));
        }
        return model;
    }

    private static WorkerReport report(StepSample sample, int times) {
        WorkerReport idle = WorkerReport.idle("w");
        return new WorkerReport(
                idle.workerId(),
                times,
                idle.state(),
                idle.blocks(),
                idle.sequences(),
                idle.tokens(),
                Collections.nCopies(times, sample),
                idle.leases(),
                idle.health());
    }
}
