package dev.vidda.scheduler.admission;

import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.SchedulerLimits;
import dev.vidda.protocol.WorkerCard;
import dev.vidda.protocol.kv.KvCost;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static dev.vidda.scheduler.admission.Cards.seconds;
import static org.assertj.core.api.Assertions.assertThat;

/** Random arrivals, ends and cancellations of requests while workers of two models come and go. */
final class AdmissionPropertiesTest {
    private static final int STEPS = 3_000;

    static LongStream seeds() {
        Long given = Long.getLong("seed");
        return given == null ? LongStream.range(1, 41) : LongStream.of(given);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyRequestEndsNoneIsPassedTooOftenAndTheLedgerIsRightAfterEveryStep(long seed) {
        Story story = new Story(seed);
        for (int step = 0; step < STEPS; step++) {
            story.step();
            story.admission.checkIntegrity();
        }
        story.finish();
        story.admission.checkIntegrity();
        assertThat(story.waiting).as("seed %d: still wait", seed).isEmpty();
        assertThat(story.running).as("seed %d: still run", seed).isEmpty();
        assertThat(story.arrived).as("seed %d: all ended", seed).isEqualTo(story.ended.size());
        assertThat(story.grantedAfterWaiting)
                .as("seed %d: the line was used", seed)
                .isPositive();
    }

    /** What a client of the admission sees, kept beside it. */
    private static final class Story {
        private final long seed;
        private final RandomGenerator random;
        private final Admission admission;
        private final Map<String, WorkerCard> workers = new HashMap<>();
        private final Map<String, AdmissionRequest> waiting = new LinkedHashMap<>();
        private final Map<String, String> running = new LinkedHashMap<>();
        private final Set<String> ended = new HashSet<>();
        private final int mostPasses;
        private final Map<String, Integer> passes = new HashMap<>();
        private int arrived;
        private int grantedAfterWaiting;
        private long now;

        private Story(long seed) {
            this.seed = seed;
            this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
            this.mostPasses = random.nextInt(5);
            SchedulerLimits limits = new SchedulerLimits(
                    random.nextInt(1, 40), 1 + random.nextInt(5), 0, 1, mostPasses, Long.MAX_VALUE, 0, 0, Map.of());
            this.admission = new Admission(Cards.rules(limits));
            WorkerCard solo = Cards.worker("solo", "solo", 40);
            workers.put("solo", solo);
            admission.join(solo, List.of(), now);
        }

        private void step() {
            now += seconds(random.nextDouble());
            switch (random.nextInt(20)) {
                case 0 -> join();
                case 1 -> leave();
                case 2 -> release(waiting.keySet());
                case 3, 4, 5, 6, 7, 8 -> release(running.keySet());
                default -> arrive();
            }
        }

        private void finish() {
            while (!running.isEmpty()) {
                release(running.keySet());
            }
            for (String worker : List.copyOf(workers.keySet())) {
                workers.remove(worker);
                take(admission.leave(worker, now));
            }
        }

        private void join() {
            String id = "w" + random.nextInt(5);
            String model = random.nextInt(3) == 0 ? "n" : "m";
            WorkerCard card = Cards.worker(id, model, random.nextInt(1, 80), random.nextInt(50, 2_000));
            workers.put(id, card);
            take(admission.join(card, List.of(), now));
        }

        private void leave() {
            if (random.nextInt(3) == 0) {
                String id = "w" + random.nextInt(5);
                workers.remove(id);
                take(admission.leave(id, now));
            }
        }

        private void release(Set<String> of) {
            if (of.isEmpty()) {
                take(admission.release("unknown", -1, now));
                return;
            }
            String id = List.copyOf(of).get(random.nextInt(of.size()));
            waiting.remove(id);
            running.remove(id);
            end(id);
            take(admission.release(id, -1, now));
            assertThat(admission.release(id, -1, now)).as(where()).isEmpty();
        }

        private void arrive() {
            AdmissionRequest request = Cards.sized(
                    "r" + arrived++, model(), random.nextInt(1, 600), random.nextInt(1, 200), random.nextInt(1, 4));
            waiting.put(request.id(), request);
            List<Decision> decisions = admission.admit(request, 0, now);
            assertThat(decisions).as(where()).hasSize(1);
            if (decisions.getFirst() instanceof Decision.Waits waits) {
                long inFront = waiting.values().stream()
                        .filter(other -> other.model().equals(request.model()))
                        .count();
                assertThat((long) waits.position()).as(where()).isEqualTo(inFront - 1);
            }
            take(decisions);
        }

        private void take(List<Decision> decisions) {
            for (Decision decision : decisions) {
                switch (decision) {
                    case Decision.Granted granted -> granted(granted);
                    case Decision.Waits waits -> assertThat(waiting).as(where()).containsKey(waits.requestId());
                    case Decision.Refused refused -> {
                        assertThat(waiting.remove(refused.requestId()))
                                .as(where())
                                .isNotNull();
                        end(refused.requestId());
                    }
                    case Decision.Ended lost -> {
                        assertThat(running.remove(lost.requestId()))
                                .as(where())
                                .isEqualTo(lost.lease().workerId());
                        end(lost.requestId());
                    }
                }
            }
        }

        private void granted(Decision.Granted granted) {
            AdmissionRequest request = Objects.requireNonNull(waiting.get(granted.requestId()), this::where);
            boolean waited = !request.id().equals("r" + (arrived - 1));
            for (AdmissionRequest before : waiting.values()) {
                if (before.id().equals(request.id())) {
                    break;
                }
                if (before.model().equals("solo") && request.model().equals("solo")) {
                    int passed = passes.merge(before.id(), 1, Integer::sum);
                    assertThat(passed)
                            .as(where() + ": passes of " + before.id())
                            .isLessThanOrEqualTo(mostPasses);
                }
            }
            WorkerCard card = Objects.requireNonNull(workers.get(granted.lease().workerId()), this::where);
            assertThat(card.model()).as(where()).isEqualTo(request.model());
            assertThat(request.promptTokens() + request.maxNewTokens())
                    .as(where())
                    .isLessThanOrEqualTo(card.maxModelLength());
            assertThat(granted.lease().blocks())
                    .as(where())
                    .isEqualTo(KvCost.blocks(
                            Cards.SHAPE, request.promptTokens(), request.maxNewTokens(), request.samples()));
            grantedAfterWaiting += waited ? 1 : 0;
            waiting.remove(request.id());
            running.put(request.id(), granted.lease().workerId());
        }

        private void end(String id) {
            assertThat(ended.add(id)).as(where() + ": " + id + " ended twice").isTrue();
        }

        private String model() {
            return switch (random.nextInt(4)) {
                case 0 -> "n";
                case 1 -> "solo";
                default -> "m";
            };
        }

        private String where() {
            return "seed %d, request %d".formatted(seed, arrived);
        }
    }
}
