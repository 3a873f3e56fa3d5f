package dev.vidda.scheduler.admission;

import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.BlockCounts;
import dev.vidda.protocol.LeaseChanges;
import dev.vidda.protocol.MemoryUse;
import dev.vidda.protocol.Patience;
import dev.vidda.protocol.PrefixChanges;
import dev.vidda.protocol.SchedulerLimits;
import dev.vidda.protocol.SequenceCounts;
import dev.vidda.protocol.ServiceClass;
import dev.vidda.protocol.StepSample;
import dev.vidda.protocol.Tenant;
import dev.vidda.protocol.TokenCounts;
import dev.vidda.protocol.WorkerCard;
import dev.vidda.protocol.WorkerReport;
import dev.vidda.protocol.WorkerState;
import dev.vidda.protocol.kv.BlockHash;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static dev.vidda.scheduler.admission.Cards.seconds;
import static org.assertj.core.api.Assertions.assertThat;

/** Asking again only where something changed decides as asking everywhere does. */
final class MisfitsTest {
    private static final int STEPS = 2_000;

    static LongStream seeds() {
        Long given = Long.getLong("seed");
        return given == null ? LongStream.range(1, 41) : LongStream.of(given);
    }

    /** More comes than the workers can take, and much of it waits for prompts before it, for room, or for a pace. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theDecisionsAreThoseOfAskingEverywhere(long seed) {
        Story story = new Story(seed);
        for (int step = 0; step < STEPS; step++) {
            story.step(step);
        }
        assertThat(story.wokenAtOnce)
                .as("seed %d: let run after others at once", seed)
                .isGreaterThan(5);
    }

    private static final class Story {
        private final long seed;
        private final RandomGenerator random;
        private final Admission fast;
        private final Admission slow;
        private final List<String> waiting = new ArrayList<>();
        private final List<String> running = new ArrayList<>();
        private final int workers;
        private double now;
        private int wokenAtOnce;

        Story(long seed) {
            this.seed = seed;
            this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
            SchedulerLimits limits = new SchedulerLimits(
                    200,
                    1_000,
                    0,
                    0.9,
                    random.nextInt(4) == 0 ? random.nextInt(1, 6) : 100,
                    random.nextInt(20, 400),
                    0,
                    random.nextInt(2) * 500L,
                    Map.of());
            this.fast = new Admission(Cards.rules(limits));
            this.slow = new Admission(Cards.rules(limits), false);
            this.workers = random.nextInt(2, 12);
            int room = seed % 2 == 0 ? 1 : 10;
            for (int i = 0; i < workers; i++) {
                WorkerCard card = card(i, room * random.nextInt(150, 900));
                both(admission -> admission.join(card, List.of(), 0));
            }
        }

        void step(int number) {
            now += random.nextDouble(0.002);
            switch (random.nextInt(12)) {
                case 0 -> report();
                case 1 -> cache();
                case 2 -> end(waiting);
                case 3 -> both(admission -> admission.tick(seconds(now)));
                case 4, 5 -> wake();
                case 6, 7, 8, 9 -> end(running);
                case 10 -> arrive(number, random.nextInt(60));
                default -> arrive(number, 1);
            }
            assertThat(fast.wakeNanos()).as("seed %d, step %d", seed, number).isEqualTo(slow.wakeNanos());
        }

        private void wake() {
            int before = running.size();
            now += random.nextDouble(0.3);
            both(admission -> admission.wake(seconds(now)));
            wokenAtOnce += Math.max(0, running.size() - before - 1);
        }

        private void end(List<String> of) {
            for (int i = random.nextInt(8); i > 0 && !of.isEmpty(); i--) {
                String id = of.remove(random.nextInt(of.size()));
                int tokens = random.nextInt(100);
                both(admission -> admission.release(id, tokens, seconds(now)));
            }
        }

        private void arrive(int number, int count) {
            for (int i = 0; i < count; i++) {
                arrive("r" + number + "." + i);
            }
        }

        private void arrive(String id) {
            int prompt = (int) Math.clamp(Math.exp(random.nextGaussian(6, 1.2)), 1, 2_300);
            AdmissionRequest request = new AdmissionRequest(
                    id,
                    "m",
                    prompt,
                    random.nextInt(1, 100),
                    1,
                    new Tenant("t" + random.nextInt(3), 1, 0),
                    random.nextBoolean() ? ServiceClass.INTERACTIVE : ServiceClass.STANDARD,
                    random.nextInt(4) == 0,
                    new Patience(1 + Math.round(1_000 * now), 0, 0, random.nextInt(3) * 12L),
                    random.nextInt(10) == 0 ? List.of("w" + random.nextInt(workers)) : List.of(),
                    text(random.nextInt(12), prompt / 16));
            waiting.add(id);
            both(admission -> admission.admit(request, 0, seconds(now)));
        }

        private void report() {
            List<StepSample> samples = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                int tokens = random.nextInt(3) == 0 ? random.nextInt(512) : 0;
                int decodes = random.nextInt(20);
                samples.add(new StepSample(tokens, 0, decodes, 100L * decodes, 3_000 + 100L * tokens + 300L * decodes));
            }
            WorkerReport report = new WorkerReport(
                    "w" + random.nextInt(workers),
                    1,
                    WorkerState.SERVING,
                    BlockCounts.NONE,
                    new SequenceCounts(0, 0, 0, random.nextInt(2) * random.nextLong(1_000)),
                    TokenCounts.NONE,
                    samples,
                    LeaseChanges.NONE,
                    Optional.empty());
            both(admission -> admission.report(report, seconds(now)));
        }

        private void cache() {
            PrefixChanges changes = new PrefixChanges(
                    "w" + random.nextInt(workers), 0, text(random.nextInt(6), random.nextInt(1, 60)), List.of());
            fast.prefixes(changes);
            slow.prefixes(changes);
        }

        private void both(Function<Admission, List<Decision>> call) {
            List<Decision> decisions = call.apply(fast);
            assertThat(decisions).as("seed %d at %s", seed, now).isEqualTo(call.apply(slow));
            for (Decision decision : decisions) {
                switch (decision) {
                    case Decision.Granted granted -> {
                        waiting.remove(granted.requestId());
                        running.add(granted.requestId());
                    }
                    case Decision.Refused refused -> waiting.remove(refused.requestId());
                    case Decision.Ended ended -> running.remove(ended.requestId());
                    case Decision.Waits waits -> assertThat(waiting).contains(waits.requestId());
                }
            }
        }

        private static WorkerCard card(int number, int blocks) {
            return new WorkerCard("w" + number, "m", "test", 10_000, Cards.SHAPE, blocks, 64, MemoryUse.UNKNOWN, "", 0);
        }

        private static List<BlockHash> text(int name, int blocks) {
            return LongStream.range(0, blocks)
                    .mapToObj(block -> new BlockHash(0, (name + 1) * 1_000_003L + block))
                    .toList();
        }
    }
}
