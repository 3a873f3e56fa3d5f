package dev.vidda.simulator;

import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.BlockCounts;
import dev.vidda.protocol.Finish;
import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.Lease;
import dev.vidda.protocol.LeaseChanges;
import dev.vidda.protocol.Patience;
import dev.vidda.protocol.Sampling;
import dev.vidda.protocol.SchedulerLimits;
import dev.vidda.protocol.SequenceCounts;
import dev.vidda.protocol.ServiceClass;
import dev.vidda.protocol.Tenant;
import dev.vidda.protocol.TokenCounts;
import dev.vidda.protocol.TokenDelta;
import dev.vidda.protocol.TokenIds;
import dev.vidda.protocol.WorkerReport;
import dev.vidda.protocol.WorkerState;
import dev.vidda.scheduler.admission.Admission;
import dev.vidda.scheduler.admission.AdmissionRules;
import dev.vidda.scheduler.admission.Decision;
import dev.vidda.scheduler.queue.RetryAfter;
import dev.vidda.worker.engine.AddResult;
import dev.vidda.worker.engine.Engine;
import dev.vidda.worker.engine.EngineSettings;
import dev.vidda.worker.engine.EngineStats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The scheduler's admission over the worker's engines, with pools that are promised more than once: the lengths that were
 * learned are far too short. Whoever is guaranteed its blocks is never preempted, and everyone ends.
 */
final class GuaranteedTest {
    private static final int WORKERS = 2;
    private static final int REQUESTS = 120;
    private static final WorkerShape SHAPE = WorkerShape.h200Qwen3With4B().withBlocks(60);

    @Test
    void guaranteedRequestsAreNeverPreemptedAndAllEnd() {
        int preemptions = 0;
        int guaranteed = 0;
        for (long seed = 1; seed <= 20; seed++) {
            Story story = new Story(seed);
            try {
                story.run();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
            preemptions += story.preemptions;
            guaranteed += story.guaranteed.size();
        }
        assertThat(preemptions).as("the pools must have been crowded").isGreaterThan(500);
        assertThat(guaranteed).isGreaterThan(400);
    }

    /** One cluster, its clients, and a step of every worker in each turn. */
    private static final class Story {
        final SplittableRandom random;
        final Admission admission;
        final Engine[] engines = new Engine[WORKERS];
        final TableRunner[] runners = new TableRunner[WORKERS];
        final Map<String, SimRequest> open = new HashMap<>();
        final Set<String> guaranteed = new HashSet<>();
        final List<List<Lease>> started = List.of(new ArrayList<>(), new ArrayList<>());
        final List<List<String>> finished = List.of(new ArrayList<>(), new ArrayList<>());
        int preemptions;
        int arrived;
        int turn;

        Story(long seed) {
            random = new SplittableRandom(seed);
            SchedulerLimits limits = new SchedulerLimits(10_000, 10_000, 0, 0.5, 16, Long.MAX_VALUE, 0, 0, Map.of());
            Duration second = Duration.ofSeconds(1);
            RetryAfter retryAfter = new RetryAfter(second, second, Duration.ofMinutes(2), Duration.ofSeconds(30));
            admission = new Admission(new AdmissionRules(limits, retryAfter, Duration.ofSeconds(30), 1_000));
            for (int i = 0; i < WORKERS; i++) {
                runners[i] = new TableRunner(SHAPE);
                engines[i] = new Engine(
                        runners[i], Simulation.MODEL, new EngineSettings(256, 32, 0.25, 3, 0.01, random.nextBoolean()));
                admission.join(SHAPE.card(i), List.of(), 0);
            }
            learnShortAnswers();
        }

        private void learnShortAnswers() {
            for (int i = 0; i < 50; i++) {
                admission.admit(AdmissionRequest.standard("l" + i, Simulation.MODEL, 16, 16, List.of()), 0, 0);
                admission.release("l" + i, 8, 0);
            }
        }

        void run() {
            while (arrived < REQUESTS || !open.isEmpty()) {
                if (arrived < REQUESTS && random.nextInt(3) == 0) {
                    arrive();
                }
                for (int i = 0; i < WORKERS; i++) {
                    step(i);
                }
                take(admission.tick(now()));
                admission.checkIntegrity();
                assertThat(turn++).as("turns until all have ended").isLessThan(100_000);
            }
        }

        private void arrive() {
            int prompt = random.nextInt(8, 300);
            int output = random.nextInt(50, 400);
            SimRequest request = new SimRequest(
                    arrived++,
                    now(),
                    new SimRequest.Shape(
                            prompt,
                            output,
                            400,
                            Tenant.ANYONE,
                            ServiceClass.STANDARD,
                            Text.alone(random.nextInt(3)).then(1_000 + arrived, Math.min(prompt, 128))));
            open.put(request.id, request);
            boolean isGuaranteed = random.nextInt(4) == 0;
            if (isGuaranteed) {
                guaranteed.add(request.id);
            }
            take(admission.admit(
                    new AdmissionRequest(
                            request.id,
                            Simulation.MODEL,
                            prompt,
                            400,
                            1,
                            Tenant.ANYONE,
                            ServiceClass.STANDARD,
                            isGuaranteed,
                            Patience.ENDLESS,
                            List.of(),
                            EngineWorker.hashes(request)),
                    0,
                    now()));
        }

        private void take(List<Decision> decisions) {
            for (Decision decision : decisions) {
                switch (decision) {
                    case Decision.Granted granted -> start(granted.lease());
                    case Decision.Waits waits -> assertThat(open).containsKey(waits.requestId());
                    case Decision.Refused refused -> throw new AssertionError(refused);
                    case Decision.Ended ended -> throw new AssertionError(ended);
                }
            }
        }

        private void start(Lease lease) {
            assertThat(lease.guaranteed()).as(lease.requestId()).isEqualTo(guaranteed.contains(lease.requestId()));
            SimRequest request = Objects.requireNonNull(open.get(lease.requestId()));
            int worker = lease.workerId().equals(WorkerShape.id(0)) ? 0 : 1;
            int[] prompt = new int[request.promptTokens];
            Arrays.setAll(prompt, i -> request.token(i, TableRunner.VOCABULARY));
            Sampling sampling =
                    new Sampling(0, 0, 1, 0, 1, 0, 0, Map.of(), request.number, List.of(), 0, request.outputTokens, -1);
            runners[worker].knows(request);
            assertThat(engines[worker].add(
                            new GenerationRequest(request.id, TokenIds.of(prompt), 1, sampling, ""),
                            lease.guaranteed()))
                    .isEqualTo(new AddResult.Added());
            started.get(worker).add(lease);
        }

        private void step(int worker) {
            for (TokenDelta delta : engines[worker].step()) {
                if (delta.finish().isPresent()) {
                    end(worker, delta.requestId(), delta.finish().get());
                }
            }
            engines[worker].checkIntegrity();
            if (turn % 8 == 0) {
                take(admission.report(report(worker), now()));
                started.get(worker).clear();
                finished.get(worker).clear();
            }
        }

        private void end(int worker, String id, Finish finish) {
            if (guaranteed.contains(id)) {
                assertThat(finish.preemptions()).as("preemptions of %s", id).isZero();
            }
            preemptions += finish.preemptions();
            SimRequest request = Objects.requireNonNull(open.remove(id));
            finished.get(worker).add(id);
            // What was learned stays wrong: answers that end by their limit teach nothing.
            take(admission.release(request.id, -1, now()));
        }

        private WorkerReport report(int worker) {
            EngineStats stats = engines[worker].stats();
            return new WorkerReport(
                    WorkerShape.id(worker),
                    stats.steps(),
                    WorkerState.SERVING,
                    new BlockCounts(stats.usedBlocks(), stats.cachedBlocks(), stats.swappedBlocks()),
                    new SequenceCounts(
                            stats.running(), stats.waiting(), stats.preemptions(), engines[worker].pendingTokens()),
                    new TokenCounts(stats.computedTokens(), stats.cachedTokens(), stats.generatedTokens()),
                    List.of(),
                    new LeaseChanges(started.get(worker), finished.get(worker)),
                    Optional.empty());
        }

        private long now() {
            return turn * 10_000_000L;
        }
    }
}
