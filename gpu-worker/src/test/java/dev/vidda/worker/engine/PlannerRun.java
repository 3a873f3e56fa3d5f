package dev.vidda.worker.engine;

import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.TokenIds;
import dev.vidda.protocol.kv.BlockHash;
import dev.vidda.worker.kv.BlockPool;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

/** A planner whose steps are carried out without a model: every drawn token is 1. Checks each plan. */
final class PlannerRun {
    static final int BLOCK_TOKENS = 4;

    final BlockPool pool;
    final BatchPlanner planner;
    /** Sequences in the order in which they first computed anything. */
    final Set<Sequence> startOrder = new LinkedHashSet<>();

    final List<Sequence> ended = new ArrayList<>();
    private final EngineSettings settings;
    private final StepPlan plan;
    private long arrivals;

    PlannerRun(int blocks, EngineSettings settings) {
        this.settings = settings;
        pool = new BlockPool(blocks);
        planner = new BatchPlanner(pool, BLOCK_TOKENS, settings, Swap.none(BLOCK_TOKENS));
        plan = new StepPlan(settings.maxBatchSequences());
    }

    /** A sequence that shares no block with any other. */
    Sequence add(int promptLength, int newTokens) {
        int[] prompt = new int[promptLength];
        prompt[0] = (int) arrivals + 10;
        Sequence sequence = new Sequence(
                Requests.request("r" + arrivals, TokenIds.of(prompt), newTokens),
                new GenerationRequest.Continuation(0, TokenIds.EMPTY),
                arrivals++,
                promptLength + newTokens,
                BlockHash.root("m", ""),
                BLOCK_TOKENS);
        planner.enqueue(sequence);
        return sequence;
    }

    /** Plans and carries out a step; gives the plan, which stays as it is until the next step. */
    StepPlan step() {
        List<Sequence> ranBefore = List.copyOf(planner.running());
        long preemptionsBefore = planner.preemptions();
        planner.plan(plan);
        checkPlan();
        if (planner.preemptions() > preemptionsBefore) {
            assertThat(ranBefore).as("nothing starts in a step that preempts").containsAll(planner.running());
        }
        planner.checkIntegrity();
        for (int i = 0; i < plan.size(); i++) {
            Sequence sequence = plan.sequence(i);
            startOrder.add(sequence);
            sequence.advance(plan.count(i));
            if (settings.prefixCache()) {
                sequence.publishFullBlocks(pool, BLOCK_TOKENS);
            }
            if (sequence.remaining() == 0) {
                sequence.expect(0);
                sequence.read(1);
                if (sequence.length() == sequence.lengthLimit()) {
                    planner.remove(sequence);
                    ended.add(sequence);
                }
            }
        }
        pool.checkIntegrity();
        planner.checkIntegrity();
        return plan;
    }

    private void checkPlan() {
        Set<Sequence> planned = new HashSet<>();
        for (int i = 0; i < plan.size(); i++) {
            Sequence sequence = plan.sequence(i);
            assertThat(planned.add(sequence)).as("%s is planned once", sequence).isTrue();
            assertThat(plan.count(i)).isBetween(1, sequence.remaining());
            assertThat(sequence.table().size() * BLOCK_TOKENS).isGreaterThanOrEqualTo(sequence.length());
        }
        assertThat(plan.tokens()).isLessThanOrEqualTo(settings.maxBatchTokens());
        assertThat(plan.size()).isLessThanOrEqualTo(settings.maxBatchSequences());
        assertThat(planner.running().size()).isLessThanOrEqualTo(settings.maxBatchSequences());
        assertThat(planner.running()).isSortedAccordingTo(Sequence.BY_ARRIVAL);
        assertThat(plan.size() > 0).isEqualTo(!planner.running().isEmpty());
    }

    int plannedCount(Sequence sequence) {
        for (int i = 0; i < plan.size(); i++) {
            if (plan.sequence(i) == sequence) {
                return plan.count(i);
            }
        }
        return 0;
    }
}
