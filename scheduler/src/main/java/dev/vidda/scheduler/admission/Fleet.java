package dev.vidda.scheduler.admission;

import dev.vidda.protocol.PrefixChanges;
import dev.vidda.protocol.WorkerCard;
import dev.vidda.scheduler.ledger.Account;
import dev.vidda.scheduler.ledger.Claim;
import dev.vidda.scheduler.placement.Holders;
import dev.vidda.scheduler.placement.LoadBounds;
import dev.vidda.scheduler.placement.PrefixIndex;
import dev.vidda.scheduler.placement.StepTimeModel;
import dev.vidda.scheduler.placement.Work;
import dev.vidda.scheduler.placement.WorkerLoad;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The workers of one model, and the choice among them: the one with the least predicted time to first token, where the
 * request fits and nobody's pace breaks. Beside that time, others are weighed: the work that the prompt is, so that a cache
 * hit is worth some waiting; by how much its steps exceed the pace of those who decode there; and the time that the answer
 * takes, so that a hit is not worth any crowd.
 *
 * <p>So workers take on parts by themselves: long prompts gather where few answers are under way, and answers keep away from
 * where prompts took most of the time lately. Under load that is what size-interval task assignment does
 * (Harchol-Balter, Crovella and Murta, On Choosing a Task Assignment Policy for a Distributed Server System, 1999), without a
 * bound on sizes and without fixed groups.
 */
final class Fleet {
    /** How much a millisecond of a worker's time counts beside one until the first token. */
    private static final double WORK_WEIGHT = 0.5;
    /** How much a millisecond that steps exceed the pace counts for each sequence that decodes there. */
    private static final double HARM_WEIGHT = 0.3;
    /** How much a millisecond after the first token counts beside one until then. */
    private static final double PACE_WEIGHT = 0.1;

    private static final LoadBounds.Weights WEIGHTS = new LoadBounds.Weights(WORK_WEIGHT, PACE_WEIGHT);
    /** Sums of the same terms in another order differ by less. */
    private static final double ROUNDING = 1 - 1e-9;

    /** Beside a first token that comes later than asked for, nothing else counts. */
    private static final double LATE = 1e9;

    private final List<Worker> workers = new ArrayList<>();
    private final List<@Nullable Worker> byNumber = new ArrayList<>();
    private final PrefixIndex cached;
    private final PrefixIndex running = new PrefixIndex(Integer.MAX_VALUE);
    private final Map<String, Kind> kinds = new HashMap<>();
    private final Holders holders = new Holders();
    private final Holders siblings = new Holders();
    private int[] hits = new int[0];
    /** The workers' numbers in the order of their ids. */
    private int[] order = new int[0];
    /** Whether the blocks of all workers are of one size. */
    private boolean blocksAlike;

    private final Map<Demand, Worker> reserved = new HashMap<>();
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
        cached = new PrefixIndex(prefixBlocks);
    }

    Worker add(WorkerCard card, Account account, long nowNanos) {
        int free = byNumber.indexOf(null);
        int number = free < 0 ? byNumber.size() : free;
        if (free < 0) {
            byNumber.add(null);
        }
        Kind kind = kinds.computeIfAbsent(card.device(), device -> new Kind(kinds.size()));
        Worker worker = new Worker(
                card,
                number,
                account,
                new WorkerLoad(new StepTimeModel(kind.times), bounds, number, kind.number),
                nowNanos);
        byNumber.set(number, worker);
        account.watch(left -> bounds.blocks(number, left));
        workers.add(worker);
        workers.sort(Comparator.comparing(Worker::id));
        renumber();
        hits = new int[byNumber.size()];
        poolBlocks += card.kvBlocks();
        return worker;
    }

    void remove(Worker worker) {
        workers.remove(worker);
        renumber();
        poolBlocks -= worker.card().kvBlocks();
        release(worker);
        byNumber.set(worker.number(), null);
        cached.forget(worker.number());
        running.forget(worker.number());
    }

    private void renumber() {
        order = workers.stream().mapToInt(Worker::number).toArray();
        blocksAlike = workers.stream()
                        .mapToInt(worker -> worker.card().kvShape().blockTokens())
                        .distinct()
                        .count()
                == 1;
    }

    /** Whatever a worker was kept free for, it is no more. */
    void release(Worker worker) {
        Demand demand = worker.reservedFor();
        if (demand != null) {
            unreserve(demand);
        }
    }

    /** Whether what is known of the worker's cache is right. */
    boolean apply(Worker worker, PrefixChanges changes) {
        return cached.apply(worker.number(), changes);
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
        return best(demand, nowMillis, pendingMillis, true);
    }

    /** @param bounded whether those are passed over that cannot win, which changes nothing but the time it takes */
    @Nullable
    Choice best(Demand demand, double nowMillis, long pendingMillis, boolean bounded) {
        if (workers.isEmpty()) {
            return null;
        }
        boolean avoids = avoids(demand);
        mark(demand);
        Work plain = demand.work(workers.getFirst().card().kvShape(), 0);
        LoadBounds.Plain request = LoadBounds.Plain.of(plain);
        int leastBlocks = bounded && blocksAlike
                ? demand.claim(workers.getFirst().card().kvShape()).leastBlocks()
                : 0;
        refreshBounds();
        Choice best = null;
        double bestScore = Double.MAX_VALUE;
        for (int i = 0; i < order.length; i++) {
            if (bounds.blocks(order[i]) < leastBlocks && bounds.readyAt(order[i]) - pendingMillis <= nowMillis) {
                continue;
            }
            int found = found(order[i]);
            if (bounded
                    && best != null
                    && found == 0
                    && bounds.atLeast(order[i], request, WEIGHTS, nowMillis) * ROUNDING > bestScore) {
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
            double score = ttft
                    + WORK_WEIGHT * worker.load().ownMillis(work)
                    + HARM_WEIGHT * worker.load().sequences() * worker.load().excessMillis(work)
                    + PACE_WEIGHT * worker.load().answerMillis(work, nowMillis + ttft)
                    + (demand.isLate(ttft) ? LATE : 0);
            if (score < bestScore || (score == bestScore && best != null && roomier(worker, best.worker()))) {
                best = new Choice(worker, work, ttft);
                bestScore = score;
            }
        }
        unmark();
        return best;
    }

    /** Where the first token would come soonest if nobody were before the request; null if it can run nowhere. */
    @Nullable
    Choice soonest(Demand demand) {
        mark(demand);
        Choice best = null;
        for (Worker worker : workers) {
            if (worker.takesRequests() && worker.canEverRun(demand)) {
                Work work = demand.work(worker.card().kvShape(), found(worker.number()));
                double own = worker.load().ownMillis(work);
                if (best == null || own < best.ttftMillis()) {
                    best = new Choice(worker, work, own);
                }
            }
        }
        unmark();
        return best;
    }

    private int found(int number) {
        int common = Math.max(holders.commonDepth(number), Claim.STRIDE * siblings.commonDepth(number));
        return Math.max(hits[number], common);
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
        double ready = worker.load().readyAt(work.computedTokens())
                - Worker.mostWaitMillis(work, worker.load(), pendingMillis);
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
        Work work = demand.work(worker.card().kvShape(), depth(worker, demand));
        if (!worker.fits(demand, work, nowMillis, pendingMillis)) {
            askAgain(worker, work, nowMillis, pendingMillis);
            return null;
        }
        return new Choice(worker, work, worker.load().firstTokenMillis(work, nowMillis));
    }

    boolean hasReserved(Demand demand) {
        return reserved.containsKey(demand);
    }

    int reservations() {
        return reserved.size();
    }

    /** The worker that was kept free for a request takes others again; null if there was none. */
    @Nullable
    Worker unreserve(Demand demand) {
        Worker worker = reserved.remove(demand);
        if (worker != null) {
            worker.reserveFor(null);
        }
        return worker;
    }

    /** Keeps a worker free for a request: that with most free blocks, where it can run at all; false if there is none. */
    boolean reserve(Demand demand) {
        Worker worker = toReserve(demand);
        if (worker != null) {
            worker.reserveFor(demand);
            reserved.put(demand, worker);
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

    /** A request runs on a worker from now on: its beginning will be found there. */
    void started(Worker worker, Claim claim) {
        for (long stride : claim.prefix()) {
            running.add(worker.number(), stride);
        }
    }

    /** A request ended; what no other one holds is in the worker's own report, if anywhere. */
    void ended(Worker worker, Claim claim) {
        int shared = worker.account().shared(claim);
        for (int i = shared; i < claim.prefix().length; i++) {
            running.remove(worker.number(), claim.prefix()[i]);
        }
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

    private int depth(Worker worker, Demand demand) {
        int running = worker.account().shared(demand.claim(worker.card().kvShape())) * Claim.STRIDE;
        return Math.max(
                running, cached.depth(worker.number(), demand.keys(worker.card().kvShape())));
    }

    private void mark(Demand demand) {
        long[] keys = demand.keys(workers.getFirst().card().kvShape());
        holders.clear();
        siblings.clear();
        if (keys.length == 0) {
            return;
        }
        cached.find(keys, holders);
        running.find(demand.claim(workers.getFirst().card().kvShape()).prefix(), siblings);
        for (int i = 0; i < holders.count(); i++) {
            mark(holders.worker(i), demand);
        }
        for (int i = 0; i < siblings.count(); i++) {
            mark(siblings.worker(i), demand);
        }
    }

    private void mark(int number, Demand demand) {
        Worker worker = Objects.requireNonNull(byNumber.get(number));
        hits[number] = depth(worker, demand);
    }

    private void unmark() {
        for (int i = 0; i < holders.count(); i++) {
            hits[holders.worker(i)] = 0;
        }
        for (int i = 0; i < siblings.count(); i++) {
            hits[siblings.worker(i)] = 0;
        }
    }
}
