package dev.vidda.scheduler.admission;

import dev.vidda.protocol.WorkerCard;
import dev.vidda.protocol.kv.KvShape;
import dev.vidda.scheduler.ledger.Account;
import dev.vidda.scheduler.placement.LoadBounds;
import dev.vidda.scheduler.placement.StepTimeModel;
import dev.vidda.scheduler.placement.Work;
import dev.vidda.scheduler.placement.WorkerLoad;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The workers of one model, and the choice among them: the one with the least predicted time to first token, where the
 * request fits and nobody's pace breaks. Beside that time, others are weighed ({@link Score}): the work that the prompt is, so
 * that a cache hit is worth some waiting; by how much it breaks the pace of those who decode there, and the time that its
 * answer takes, so that a hit is not worth any crowd; and what has to leave the cache for it, so that texts go where there is
 * room before they drive out those of others.
 *
 * <p>So workers take on parts by themselves: long prompts gather where few answers are under way, and answers keep away from
 * where prompts took most of the time lately. Under load that is what size-interval task assignment does
 * (Harchol-Balter, Crovella and Murta, On Choosing a Task Assignment Policy for a Distributed Server System, 1999), without a
 * bound on sizes and without fixed groups.
 */
final class Fleet {
    /** Sums of the same terms in another order differ by less. */
    private static final double ROUNDING = 1 - 1e-9;

    private final List<Worker> workers = new ArrayList<>();
    private final BitSet numbers = new BitSet();
    private final PrefixHits prefixes;
    private final Reservations reservations = new Reservations();
    private final Map<String, Kind> kinds = new HashMap<>();
    /** The workers' numbers in the order of their ids. */
    private int[] order = new int[0];
    /** Whether the blocks of all workers are of one size. */
    private boolean blocksAlike;

    private final LoadBounds bounds = new LoadBounds();
    private long poolBlocks;
    private double wakeMillis = Double.MAX_VALUE;

    /** What the workers of one kind of device have in common. */
    private static final class Kind {
        private final int number;
        private final StepTimeModel times = new StepTimeModel();
        private long seen = -1;

        private Kind(int number) {
            this.number = number;
        }
    }

    Fleet(int prefixBlocks) {
        prefixes = new PrefixHits(prefixBlocks);
    }

    Worker add(WorkerCard card, Account account, long nowNanos) {
        int number = numbers.nextClearBit(0);
        Kind kind = kinds.computeIfAbsent(card.device(), device -> new Kind(kinds.size()));
        Worker worker = new Worker(
                card,
                number,
                account,
                new WorkerLoad(new StepTimeModel(kind.times), bounds, number, kind.number),
                nowNanos);
        numbers.set(number);
        account.watch(left -> bounds.blocks(number, left));
        workers.add(worker);
        workers.sort(Comparator.comparing(Worker::id));
        renumber();
        prefixes.add(worker);
        poolBlocks += card.kvBlocks();
        return worker;
    }

    void remove(Worker worker) {
        workers.remove(worker);
        renumber();
        poolBlocks -= worker.card().kvBlocks();
        reservations.end(worker);
        prefixes.remove(worker);
        numbers.clear(worker.number());
    }

    private void renumber() {
        order = workers.stream().mapToInt(Worker::number).toArray();
        blocksAlike = workers.stream()
                        .mapToInt(worker -> worker.card().kvShape().blockTokens())
                        .distinct()
                        .count()
                == 1;
    }

    /** Workers that are kept free for waiting requests. */
    Reservations reservations() {
        return reservations;
    }

    /** What workers have of prompts. */
    PrefixHits prefixes() {
        return prefixes;
    }

    /** In the order of their ids. */
    List<Worker> workers() {
        return Collections.unmodifiableList(workers);
    }

    long poolBlocks() {
        return poolBlocks;
    }

    boolean any(Predicate<Worker> condition) {
        for (Worker worker : workers) {
            if (condition.test(worker)) {
                return true;
            }
        }
        return false;
    }

    /** Where the request would best run, and what it would save there. */
    record Choice(Worker worker, Work work, double ttftMillis) {}

    /** The best worker that has room now; null if none has. Then {@link #wakeMillis} tells when to ask again. */
    @Nullable
    Choice best(Demand demand, double nowMillis, long pendingMillis) {
        return best(demand, nowMillis, pendingMillis, null, true);
    }

    /**
     * The best of some workers.
     *
     * @param among their numbers; null for all
     * @param bounded whether those are passed over that cannot win, which changes nothing but the time it takes
     */
    @Nullable
    Choice best(Demand demand, double nowMillis, long pendingMillis, @Nullable BitSet among, boolean bounded) {
        if (workers.isEmpty()) {
            return null;
        }
        boolean avoids = avoids(demand);
        KvShape shape = workers.getFirst().card().kvShape();
        prefixes.find(demand, shape);
        Work plain = demand.work(shape, 0);
        LoadBounds.Plain request = LoadBounds.Plain.of(plain);
        var needs = new LoadBounds.Needs(demand.claim(shape).leastBlocks(), nowMillis, pendingMillis);
        refreshBounds();
        Choice best = null;
        double bestScore = Double.MAX_VALUE;
        for (int i = 0; i < order.length; i++) {
            if (among != null && !among.get(order[i])) {
                continue;
            }
            int found = prefixes.found(order[i]);
            if (bounded
                    && best != null
                    && found == 0
                    && bounds.atLeast(order[i], request, Score.WEIGHTS, nowMillis) * ROUNDING > bestScore) {
                continue;
            }
            int saved = demand.savedTokens(shape, found);
            if (bounded
                    && blocksAlike
                    && bounds.turnsAway(order[i], plain.promptTokens() - saved, saved, needs, wakeMillis)) {
                continue;
            }
            Worker worker = workers.get(i);
            if (!worker.isOpenTo(demand) || (avoids && isAvoided(worker, demand)) || !worker.canEverRun(demand)) {
                continue;
            }
            Work work = found == 0 ? plain : demand.work(worker.card().kvShape(), found);
            if (!worker.fits(demand, work, nowMillis, pendingMillis)) {
                askAgain(worker, work, nowMillis, pendingMillis);
                continue;
            }
            double ttft = worker.load().firstTokenMillis(work, nowMillis);
            double score = Score.of(worker.load(), work, ttft, demand.isLate(ttft), nowMillis);
            if (score < bestScore || (score == bestScore && best != null && roomier(worker, best.worker()))) {
                best = new Choice(worker, work, ttft);
                bestScore = score;
            }
        }
        prefixes.forgetFound();
        return best;
    }

    /** Where the first token would come soonest if nobody were before the request; null if it can run nowhere. */
    @Nullable
    Choice soonest(Demand demand) {
        prefixes.find(demand, workers.getFirst().card().kvShape());
        Choice best = null;
        for (Worker worker : workers) {
            if (worker.takesRequests() && worker.canEverRun(demand)) {
                Work work = demand.work(worker.card().kvShape(), prefixes.found(worker.number()));
                double own = worker.load().ownMillis(work);
                if (best == null || own < best.ttftMillis()) {
                    best = new Choice(worker, work, own);
                }
            }
        }
        prefixes.forgetFound();
        return best;
    }

    /**
     * Time that computing the prompt takes, alone, where most of it is found; negative before step times were learned.
     */
    double leastOwnMillis(Demand demand) {
        KvShape shape = workers.getFirst().card().kvShape();
        prefixes.find(demand, shape);
        Work work = demand.work(shape, prefixes.mostFound());
        prefixes.forgetFound();
        double least = -1;
        for (Kind kind : kinds.values()) {
            if (kind.times.isLearned()) {
                double own = kind.times.promptMillis(work);
                least = least < 0 ? own : Math.min(least, own);
            }
        }
        return least;
    }

    /** Brings the times of all kinds up to date. */
    private void refreshBounds() {
        for (Kind kind : kinds.values()) {
            if (kind.seen != kind.times.version()) {
                kind.seen = kind.times.version();
                bounds.kindTimes(kind.number, kind.times);
            }
        }
    }

    /** The earliest time at which a worker has so little work ahead that it may take a request that it did not fit. */
    double wakeMillis() {
        return wakeMillis;
    }

    /** Forgets that time: all who wait are asked about anew. */
    void resetWake() {
        wakeMillis = Double.MAX_VALUE;
    }

    private void askAgain(Worker worker, Work work, double nowMillis, long pendingMillis) {
        double ready =
                worker.load().readyAt(work.computedTokens()) - worker.load().mostWaitMillis(work, pendingMillis);
        if (ready > nowMillis) {
            wakeMillis = Math.min(wakeMillis, ready);
        }
    }

    /** What the request would be on one worker; null if that has no room for it now. */
    @Nullable
    Choice on(Worker worker, Demand demand, double nowMillis, long pendingMillis) {
        if (!worker.isOpenTo(demand) || (avoids(demand) && isAvoided(worker, demand)) || !worker.canEverRun(demand)) {
            return null;
        }
        if (!worker.canHaveBlocks(demand) && worker.load().readyAt() - pendingMillis <= nowMillis) {
            // Whatever it finds there changes nothing, neither now nor when to ask again.
            return null;
        }
        Work work = demand.work(worker.card().kvShape(), prefixes.of(worker, demand));
        if (!worker.fits(demand, work, nowMillis, pendingMillis)) {
            askAgain(worker, work, nowMillis, pendingMillis);
            return null;
        }
        return new Choice(worker, work, worker.load().firstTokenMillis(work, nowMillis));
    }

    /** Keeps a worker free for a request: that with most free blocks, where it can run at all; false if there is none. */
    boolean reserve(Demand demand) {
        Worker worker = toReserve(demand);
        if (worker != null) {
            reservations.keep(worker, demand);
        }
        return worker != null;
    }

    private @Nullable Worker toReserve(Demand demand) {
        boolean avoids = avoids(demand);
        Worker most = null;
        for (Worker worker : workers) {
            boolean can = worker.reservedFor() == null
                    && worker.takesRequestsNow()
                    && worker.canEverRun(demand)
                    && !(avoids && isAvoided(worker, demand));
            if (can && (most == null || worker.account().free() > most.account().free())) {
                most = worker;
            }
        }
        return most;
    }

    private static boolean roomier(Worker worker, Worker other) {
        return worker.account().free() > other.account().free();
    }

    /** Workers that failed the request are left out as long as another one could run it. */
    private boolean avoids(Demand demand) {
        return !demand.request().avoidedWorkers().isEmpty()
                && any(worker -> worker.takesRequestsNow() && !isAvoided(worker, demand) && worker.canEverRun(demand));
    }

    private static boolean isAvoided(Worker worker, Demand demand) {
        return demand.request().avoidedWorkers().contains(worker.id());
    }
}
