package dev.vidda.simulator;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

final class SimulatorTest {
    private static final WorkerShape SHAPE = WorkerShape.h200Qwen3With4B();

    @ParameterizedTest(name = "{0}")
    @EnumSource(TraceKind.class)
    void everyRequestEndsUnderEveryPolicy(TraceKind kind) {
        for (String policy : Simulator.policies()) {
            Outcome outcome = simulator(SHAPE, 4, false).run(kind, policy, 40, 4);
            assertThat(outcome.ended() + outcome.refused())
                    .as("%s under %s", kind, policy)
                    .isEqualTo(outcome.requests());
            assertThat(outcome.refused())
                    .as("%s under %s", kind, policy)
                    .isLessThanOrEqualTo(policy.equals("vidda-refusing") ? outcome.requests() / 10 : 0);
            assertThat(outcome.requests()).as("%s under %s", kind, policy).isGreaterThan(20);
        }
    }

    @Test
    void theSchedulerHoldsBackWhatWorkersHaveNoRoomForAndNothingElse() {
        Outcome calm = simulator(SHAPE, 2, false).run(TraceKind.SHAREGPT, "vidda", 20, 4);
        assertThat(calm.moments())
                .allSatisfy(moment -> assertThat(moment.waiting()).isZero());
        Outcome full = simulator(SHAPE, 1, false).run(TraceKind.SHAREGPT, "vidda", 300, 4);
        assertThat(full.moments())
                .anySatisfy(moment -> assertThat(moment.waiting()).isPositive());
        assertThat(full.moments().getLast().waiting()).isZero();
    }

    @Test
    void equalSeedsGiveEqualOutcomes() {
        Simulator simulator = simulator(SHAPE, 3, false);
        assertThat(simulator.run(TraceKind.AGENTS, "vidda", 60, 4))
                .isEqualTo(simulator.run(TraceKind.AGENTS, "vidda", 60, 4));
    }

    /** Without common beginnings to the last digit; which of two equal workers has a beginning may turn on a millisecond. */
    @Test
    void theCoarseWorkerAgreesWithTheRealEngine() {
        for (TraceKind kind : List.of(TraceKind.SHAREGPT, TraceKind.LONG)) {
            Outcome coarse = simulator(SHAPE, 2, false).run(kind, "least-requests", 12, 5);
            Outcome exact = simulator(SHAPE, 2, true).run(kind, "least-requests", 12, 5);
            assertThat(exact.ended()).as("%s", kind).isEqualTo(exact.requests()).isEqualTo(coarse.ended());
            assertThat(coarse.ttft().mean())
                    .as("%s", kind)
                    .isCloseTo(exact.ttft().mean(), within(0.01 * exact.ttft().mean()));
            assertThat(coarse.itl().mean())
                    .as("%s", kind)
                    .isCloseTo(exact.itl().mean(), within(0.01 * exact.itl().mean()));
        }
        double coarse = 0;
        double exact = 0;
        for (long seed = 7; seed <= 10; seed++) {
            Outcome ofCoarse = agents(2, AgentShape.SHORT, seed, false).run(TraceKind.AGENTS, "least-requests", 6, 5);
            Outcome ofExact = agents(2, AgentShape.SHORT, seed, true).run(TraceKind.AGENTS, "least-requests", 6, 5);
            assertThat(ofCoarse.cachedShare()).as("seed %d", seed).isCloseTo(ofExact.cachedShare(), within(0.06));
            coarse += ofCoarse.ttft().mean();
            exact += ofExact.ttft().mean();
        }
        assertThat(coarse).isCloseTo(exact, within(0.15 * exact));
    }

    @Test
    void aSmallPoolPreemptsAndStillEveryRequestEnds() {
        for (boolean exact : new boolean[] {false, true}) {
            Outcome outcome = simulator(SHAPE.withBlocks(400), 1, exact).run(TraceKind.SHAREGPT, "round-robin", 20, 4);
            assertThat(outcome.ended()).isEqualTo(outcome.requests());
            assertThat(outcome.work().preemptions()).as("exact: %s", exact).isPositive();
            assertThat(outcome.work().preemptedTokens()).as("exact: %s", exact).isPositive();
        }
    }

    @Test
    void viddaPreemptsLessThanThoseWhoReserveThePromptOnly() {
        Outcome ours = simulator(SHAPE.withBlocks(600), 2, false).run(TraceKind.SHAREGPT, "vidda", 60, 8);
        Outcome theirs = simulator(SHAPE.withBlocks(600), 2, false).run(TraceKind.SHAREGPT, "prompt-only", 60, 8);
        assertThat(ours.ended() + ours.refused()).isEqualTo(ours.requests());
        assertThat(ours.work().preemptedShare()).isLessThan(theirs.work().preemptedShare());
    }

    /** What deviates adds up to less than the sum of deviations, so as many are admitted as by those who promise nothing. */
    @Test
    void aFullPoolServesAsManyAsThoseWhoReserveThePromptOnlyAtAFractionOfTheirPreemptions() {
        Simulator simulator = simulator(SHAPE.withBlocks(2_000), 4, false);
        Outcome ours = simulator.run(TraceKind.SHAREGPT, "vidda", 250, 20);
        Outcome theirs = simulator.run(TraceKind.SHAREGPT, "prompt-only", 250, 20);
        assertThat(ours.attainment()).isGreaterThanOrEqualTo(theirs.attainment());
        assertThat(ours.work().preemptedShare())
                .isLessThan(0.01)
                .isLessThan(theirs.work().preemptedShare() / 2);
    }

    @Test
    void theGoodputIsTheHighestRateAtWhichEnoughIsGood() {
        Simulator simulator = simulator(SHAPE, 1, false);
        GoodputSearch.Goodput found = new GoodputSearch(simulator, TraceKind.LONG, 6, 0.1).of("vidda", 5);
        assertThat(found.outcome().attainment()).isGreaterThanOrEqualTo(0.9);
        assertThat(simulator.run(TraceKind.LONG, "vidda", 2 * found.rate(), 6).attainment())
                .isLessThan(0.9);
    }

    /** All that was computed anywhere is everywhere: only new text is computed. */
    @Test
    void noPolicyFindsMoreInCachesThanTheIdeal() {
        Simulator simulator = agents(4, AgentShape.USUAL.withContext(16_000));
        Outcome ideal = simulator.run(TraceKind.AGENTS, Simulator.IDEAL, 3, 20);
        assertThat(ideal.attainment()).isGreaterThan(0.9);
        for (String policy : List.of("vidda", "prefix-affinity", "kv-cost", "least-requests")) {
            assertThat(simulator.run(TraceKind.AGENTS, policy, 3, 20).cachedShare())
                    .as(policy)
                    .isLessThanOrEqualTo(ideal.cachedShare());
        }
    }

    @Test
    void moreAgentsAreWellServedThanByRoutersThatFollowLoadsAlone() {
        Simulator simulator = agents(8, AgentShape.USUAL.withContext(30_000));
        double ours = simulator.run(TraceKind.AGENTS, "vidda", 5, 20).attainment();
        assertThat(ours).isGreaterThan(0.95);
        assertThat(simulator.run(TraceKind.AGENTS, "least-requests", 5, 20).attainment())
                .isLessThan(0.5);
    }

    /** Held back for the sake of others' pace, sessions came late by seconds when all were slow. */
    @Test
    void whoAllAreTooSlowForIsNotKeptWaitingForThat() {
        Slo hard = new Slo(1_000, 6, 0.9);
        Outcome slow =
                agents(8, AgentShape.USUAL.withContext(30_000), 7, false, hard).run(TraceKind.AGENTS, "vidda", 6, 20);
        assertThat(slow.itl().p90()).isGreaterThan(hard.itlMillis());
        assertThat(slow.ttft().p90()).isLessThan(hard.ttftMillis());
    }

    /** Beside prompts of tens of thousands of tokens nobody's answer keeps its pace; under our scheduler few have to be there. */
    @Test
    void longPromptsGatherWhereFewAnswersAreUnderWay() {
        Simulator simulator = simulator(SHAPE, 8, false);
        assertThat(simulator.run(TraceKind.LONG, "vidda", 70, 30).attainment()).isGreaterThan(0.9);
        for (String policy : List.of("least-requests", "prefix-affinity", "prompt-only")) {
            assertThat(simulator.run(TraceKind.LONG, policy, 70, 30).attainment())
                    .as(policy)
                    .isLessThan(0.6);
        }
    }

    /** A tenant that asks for much more than its share costs nobody anything as long as there is enough for all. */
    @Test
    void sharingByWeightCostsNothingWhileTheLineIsShort() {
        Simulator simulator = simulator(SHAPE, 4, false);
        Outcome ours = simulator.run(TraceKind.TENANTS, "vidda", 395, 8);
        Outcome theirs = simulator.run(TraceKind.TENANTS, "least-requests", 395, 8);
        assertThat(ours.attainment()).isGreaterThanOrEqualTo(theirs.attainment());
    }

    @Test
    void agentsPromptsAreAsLongAsSaid() {
        for (int context : new int[] {20_000, 60_000}) {
            Trace trace =
                    new TraceGenerator(3, 40, 60, 1, AgentShape.USUAL.withContext(context)).generate(TraceKind.AGENTS);
            double mean = trace.measured().stream()
                    .mapToInt(request -> request.promptTokens)
                    .average()
                    .orElseThrow();
            assertThat(mean).isBetween(0.8 * context, 1.3 * context);
            assertThat(trace.measured()).hasSizeBetween(1_900, 2_900);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AgentShape.USUAL.withContext(5_000))
                .withMessage("answers alone make 8100 tokens of context, which is more than 5000");
    }

    @Test
    void forkedSessionsShareWhatTheirParentSaw() {
        Trace trace = new TraceGenerator(5, 40, 20, 1, AgentShape.USUAL.withForks(4)).generate(TraceKind.AGENTS);
        long together = trace.requests().stream()
                .filter(request -> request.text.before() != null
                        && request.text.before().before() != null
                        && request.text.before().before().before() != null)
                .count();
        assertThat(together).isGreaterThan(trace.requests().size() / 4);
    }

    @Test
    void reportsNameEveryPolicyAndNeedNothingElse() {
        List<Outcome> outcomes = List.of(
                simulator(SHAPE, 2, false).run(TraceKind.TENANTS, "vidda", 20, 2),
                simulator(SHAPE, 2, false).run(TraceKind.TENANTS, "random", 20, 2));
        assertThat(TextReport.of(outcomes)).contains("vidda").contains("random").contains("tenants");
        assertThat(JsonReport.of(outcomes))
                .startsWith("[")
                .contains("\"policy\": \"random\"")
                .contains("\"gold\": ");
        String page = HtmlReport.of(outcomes);
        assertThat(page)
                .contains("<svg")
                .contains("Fairness")
                .doesNotContain("NaN")
                .doesNotContain("src=");
        assertThat(page.split("<svg", -1)).hasSize(9);
    }

    @Test
    void unknownNamesAreNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> simulator(SHAPE, 1, false).run(TraceKind.LONG, "best", 1, 1))
                .withMessageStartingWith("no policy best; there are vidda, vidda-refusing, round-robin");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TraceKind.of("short"))
                .withMessageStartingWith("no trace short; there are sharegpt, long");
    }

    private static Simulator agents(int workers, AgentShape shape) {
        return agents(workers, shape, 7, false);
    }

    private static Simulator agents(int workers, AgentShape shape, long seed, boolean exact) {
        return agents(workers, shape, seed, exact, Slo.USUAL);
    }

    private static Simulator agents(int workers, AgentShape shape, long seed, boolean exact, Slo slo) {
        return new Simulator(SHAPE, workers, seed, slo, Simulator.usualLimits(), exact, shape, RouterTuning.DEFAULTS);
    }

    private static Simulator simulator(WorkerShape shape, int workers, boolean exact) {
        return new Simulator(
                shape, workers, 7, Slo.USUAL, Simulator.usualLimits(), exact, AgentShape.SHORT, RouterTuning.DEFAULTS);
    }
}
