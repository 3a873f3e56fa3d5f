package dev.vidda.scheduler.admission;

import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.BlockCounts;
import dev.vidda.protocol.LeaseChanges;
import dev.vidda.protocol.MemoryUse;
import dev.vidda.protocol.Patience;
import dev.vidda.protocol.PrefixChanges;
import dev.vidda.protocol.SequenceCounts;
import dev.vidda.protocol.ServiceClass;
import dev.vidda.protocol.StepSample;
import dev.vidda.protocol.Tenant;
import dev.vidda.protocol.TokenCounts;
import dev.vidda.protocol.WorkerCard;
import dev.vidda.protocol.WorkerReport;
import dev.vidda.protocol.WorkerState;
import dev.vidda.protocol.kv.BlockHash;
import dev.vidda.scheduler.ledger.Claim;
import dev.vidda.scheduler.ledger.Ledger;
import dev.vidda.scheduler.ledger.OutputLengths;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Passing over those that cannot win chooses as looking at all of them does: unequal workers, loads, caches and requests. */
final class BoundedChoiceTest {
    private static final int STEPS = 400;

    static LongStream seeds() {
        Long given = Long.getLong("seed");
        return given == null ? LongStream.range(1, 31) : LongStream.of(given);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theChoiceIsThatOfAFullScan(long seed) {
        Story story = new Story(seed);
        int chosen = 0;
        for (int step = 0; step < STEPS; step++) {
            story.step();
            Demand demand = story.demand(step);
            double now = story.nowMillis;
            long pending = story.random.nextInt(50, 2_000);
            Fleet.Choice all = story.fleet.best(demand, now, pending, null, false);
            Fleet.Choice bounded = story.fleet.best(demand, now, pending, null, true);
            assertThat(bounded).as("seed %d, step %d", seed, step).isEqualTo(all);
            if (bounded != null) {
                chosen++;
                story.place(demand, bounded);
            }
        }
        assertThat(chosen).as("seed %d", seed).isGreaterThan(STEPS / 20);
        story.ledger.checkIntegrity();
    }

    private static final class Story {
        final RandomGenerator random;
        final Ledger ledger = new Ledger();
        final Fleet fleet = new Fleet(1_000);
        final List<Runnable> ends = new ArrayList<>();
        double nowMillis;
        int joined;
        int reports;

        Story(long seed) {
            random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
            int workers = random.nextInt(1, 80);
            for (int i = 0; i < workers; i++) {
                join();
            }
        }

        void step() {
            nowMillis += random.nextDouble(20);
            switch (random.nextInt(8)) {
                case 0 -> report(any());
                case 1 -> report(any());
                case 2 -> cache(any());
                case 3 -> join();
                case 4, 5 -> end();
                default -> any().load().started(any().load().sequences() > 0 ? work(100) : work(1));
            }
        }

        private dev.vidda.scheduler.placement.Work work(int tokens) {
            return new dev.vidda.scheduler.placement.Work(tokens, 0, 1, tokens, 1, 0);
        }

        private Worker any() {
            return fleet.workers().get(random.nextInt(fleet.workers().size()));
        }

        private void join() {
            String id = "w" + joined++;
            WorkerCard card = new WorkerCard(
                    id,
                    "m",
                    "device " + random.nextInt(2),
                    random.nextInt(2_000, 20_000),
                    Cards.SHAPE,
                    random.nextInt(100, 3_000),
                    random.nextInt(4, 64),
                    MemoryUse.UNKNOWN,
                    "",
                    0);
            fleet.add(card, ledger.open(id, card.kvBlocks()), 0);
        }

        private void end() {
            if (!ends.isEmpty()) {
                ends.remove(random.nextInt(ends.size())).run();
            }
        }

        /** Devices differ in speed, and workers of one device a little. */
        private void report(Worker worker) {
            List<StepSample> samples = new ArrayList<>();
            double speed = worker.card().device().endsWith("0") ? 1 : 3;
            for (int i = 0; i < 16; i++) {
                int tokens = random.nextInt(3) == 0 ? random.nextInt(2_048) : 0;
                int decodes = random.nextInt(40);
                long kv = decodes * (long) random.nextInt(1, 4_000);
                double micros = speed * (3_000 + 15 * tokens + 20 * decodes + 0.07 * kv) * random.nextDouble(0.9, 1.1);
                samples.add(new StepSample(tokens, tokens * (long) tokens / 2, decodes, kv, Math.round(micros)));
            }
            worker.load()
                    .report(
                            new WorkerReport(
                                    worker.id(),
                                    ++reports,
                                    WorkerState.SERVING,
                                    BlockCounts.NONE,
                                    new SequenceCounts(0, 0, 0, random.nextInt(3) * random.nextLong(5_000)),
                                    TokenCounts.NONE,
                                    samples,
                                    LeaseChanges.NONE,
                                    Optional.empty()),
                            nowMillis);
            worker.load().cacheRoom(random.nextInt(2) * random.nextDouble(20_000));
        }

        private void cache(Worker worker) {
            fleet.prefixes()
                    .apply(
                            worker,
                            new PrefixChanges(
                                    worker.id(), 0, text(random.nextInt(6), random.nextInt(1, 60)), List.of()));
        }

        private static List<BlockHash> text(int name, int blocks) {
            return LongStream.range(0, blocks)
                    .mapToObj(block -> new BlockHash(0, (name + 1) * 1_000_003L + block))
                    .toList();
        }

        Demand demand(int number) {
            int prompt = (int) Math.clamp(Math.exp(random.nextGaussian(6, 1.5)), 1, 15_000);
            AdmissionRequest request = new AdmissionRequest(
                    "r" + number,
                    "m",
                    prompt,
                    random.nextInt(1, 400),
                    1,
                    Tenant.ANYONE,
                    ServiceClass.STANDARD,
                    random.nextBoolean(),
                    new Patience(0, 0, random.nextInt(2) * random.nextLong(1, 400), random.nextInt(2) * 60L),
                    random.nextInt(10) == 0 ? List.of(any().id()) : List.of(),
                    text(random.nextInt(12), prompt / 16));
            return new Demand(
                    request,
                    new OutputLengths.Expected(
                            random.nextInt(1, 200), random.nextInt(1, 200), random.nextInt(2) * random.nextInt(300)),
                    request.patience().itlTargetMillis());
        }

        void place(Demand demand, Fleet.Choice choice) {
            Worker worker = choice.worker();
            Claim claim = demand.claim(worker.card().kvShape());
            ledger.commit(demand.request().id(), worker.id(), claim);
            fleet.prefixes().started(worker, claim);
            worker.load().add(choice.work(), nowMillis);
            ends.add(() -> {
                ledger.release(demand.request().id());
                fleet.prefixes().ended(worker, claim);
                worker.load().remove(choice.work(), random.nextBoolean());
            });
        }
    }
}
