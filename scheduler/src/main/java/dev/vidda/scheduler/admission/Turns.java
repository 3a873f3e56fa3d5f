package dev.vidda.scheduler.admission;

import dev.vidda.protocol.SchedulerLimits;
import dev.vidda.scheduler.queue.Waiting;
import java.util.BitSet;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Lets waiting requests run, in the order of their turns.
 *
 * <p>A request that does not fit lets later ones pass that do, a bounded number of times. Then a worker is kept free for
 * it, the one with most room, which takes nothing else until the request fits; while no worker can be kept, nobody
 * passes. So it runs at the latest when all that ran on that worker has ended.
 *
 * <p>Only the first few requests of the first few tenants are looked at: further back, a gap is left for those in front.
 */
final class Turns {
    private static final int TENANTS = 8;
    private static final int OF_EACH = 4;
    /** Of a model's workers, at most one in so many is kept for requests that do not fit, but always one. */
    private static final int WORKERS_PER_RESERVATION = 8;

    /**
     * After so many times a request waits for nobody's pace any more. While all are slow it would else wait as long as that
     * lasts, or keep a worker from those whose prompts lie there; either makes more answers late than one more sequence makes
     * slow.
     */
    private static final int PACE_PASSES = 1;

    private final Counts counts;
    private final BiConsumer<Waiting, Fleet.Choice> grant;
    private final boolean remembers;
    private SchedulerLimits limits;

    /**
     * Turns by these limits.
     *
     * @param grant takes a waiting request out of the queue and gives it what was chosen
     * @param remembers whether those are asked again only where something changed, which changes nothing but the time it takes
     */
    Turns(SchedulerLimits limits, Counts counts, BiConsumer<Waiting, Fleet.Choice> grant, boolean remembers) {
        this.remembers = remembers;
        this.limits = limits;
        this.counts = counts;
        this.grant = grant;
    }

    void change(SchedulerLimits changed) {
        limits = changed;
    }

    /** Something changed on one worker: whoever fits there now runs. */
    void serve(ServedModel model, Worker worker, double nowMillis) {
        Demand reserved = worker.reservedFor();
        if (reserved != null && !serveReserved(model, worker, reserved, nowMillis)) {
            return;
        }
        while (!model.queue().isEmpty() && serveOne(model, worker, null, nowMillis)) {
            // One more was served.
        }
    }

    /** Something changed that concerns all workers: whoever fits anywhere now runs. */
    void serveAll(ServedModel model, double nowMillis) {
        model.fleet().resetWake();
        Misfits misfits = remembers ? new Misfits() : null;
        while (!model.queue().isEmpty() && serveOne(model, null, misfits, nowMillis)) {
            // One more was served.
        }
    }

    /** A request has just joined: it runs at once if it fits and those before it let it pass. */
    void serveNew(ServedModel model, Waiting joined, double nowMillis) {
        if (!model.queue().isAmongFirst(joined, OF_EACH, nanos(nowMillis))) {
            return;
        }
        List<Waiting> order = model.queue().first(TENANTS, OF_EACH, nanos(nowMillis));
        int index = order.indexOf(joined);
        if (index < 0 || !letPass(model, order.subList(0, index))) {
            return;
        }
        Fleet.Choice choice = model.fleet().best(Place.demand(joined), nowMillis, limits.pendingMillis());
        if (choice != null) {
            pass(model, order.subList(0, index), null);
            grant.accept(joined, choice);
        } else {
            letsPass(model, joined);
        }
    }

    /**
     * How many like this one would run at once if they came now, one after the other, as {@link #serveNew} decides. All
     * stays as it is.
     *
     * @param room counts those for which there is room, as far as workers are not kept free for others
     */
    int wouldRun(ServedModel model, Waiting joined, int most, double nowMillis, IntUnaryOperator room) {
        List<Waiting> before = before(model, joined, 0, nowMillis);
        if (before == null) {
            return 0;
        }
        List<Waiting> unreserved = before.stream()
                .filter(waiting -> !model.fleet().reservations().has(Place.demand(waiting)))
                .toList();
        int fits = letPass(model, before) ? room.applyAsInt(most) : 0;
        unreserved.forEach(waiting -> model.fleet().reservations().end(Place.demand(waiting)));
        int run = Math.min(1, fits);
        while (run < fits && letPassAgain(model, before(model, joined, run, nowMillis), run)) {
            run++;
        }
        return run;
    }

    /** Whose turn would come before that of a request which joined now, after some like it; null if it is far behind. */
    private static @Nullable List<Waiting> before(ServedModel model, Waiting joined, int served, double nowMillis) {
        List<Waiting> order = model.queue().firstWith(joined, served, TENANTS, OF_EACH, nanos(nowMillis));
        int index = order.indexOf(joined);
        return index < 0 ? null : order.subList(0, index);
    }

    private static long nanos(double millis) {
        return Math.round(millis * Admission.NANOS_PER_MILLI);
    }

    private boolean letPassAgain(ServedModel model, @Nullable List<Waiting> before, int times) {
        if (before == null) {
            return false;
        }
        for (Waiting waiting : before) {
            Demand demand = Place.demand(waiting);
            if (waiting.passes() + times >= limits.mostPasses()
                    && !model.fleet().reservations().has(demand)) {
                return false;
            }
        }
        return true;
    }

    private boolean letPass(ServedModel model, List<Waiting> before) {
        for (Waiting waiting : before) {
            if (!letsPass(model, waiting)) {
                return false;
            }
        }
        return true;
    }

    private boolean serveReserved(ServedModel model, Worker worker, Demand reserved, double nowMillis) {
        Waiting waiting = model.queue().find(reserved.request().id()).orElseThrow();
        Fleet.Choice choice = model.fleet().on(worker, reserved, nowMillis, limits.pendingMillis());
        if (choice == null) {
            return false;
        }
        grant.accept(waiting, choice);
        return true;
    }

    private boolean serveOne(ServedModel model, @Nullable Worker only, @Nullable Misfits misfits, double nowMillis) {
        List<Waiting> order = model.queue().first(TENANTS, OF_EACH, nanos(nowMillis));
        for (int i = 0; i < order.size(); i++) {
            Waiting waiting = order.get(i);
            Fleet.Choice choice = only == null
                    ? anywhere(model, waiting, misfits, nowMillis)
                    : model.fleet().on(only, Place.demand(waiting), nowMillis, limits.pendingMillis());
            if (choice != null) {
                pass(model, order.subList(0, i), misfits);
                run(model, waiting, choice, misfits);
                return true;
            }
            if (!letsPass(model, waiting)) {
                return false;
            }
        }
        return false;
    }

    private Fleet.@Nullable Choice anywhere(
            ServedModel model, Waiting waiting, @Nullable Misfits misfits, double nowMillis) {
        Demand demand = Place.demand(waiting);
        BitSet among = misfits == null ? null : misfits.toAsk(waiting);
        Fleet.Choice choice = among != null && among.isEmpty()
                ? null
                : model.fleet().best(demand, nowMillis, limits.pendingMillis(), among, true);
        if (choice == null && misfits != null) {
            misfits.fitsNowhere(waiting);
        }
        return choice;
    }

    private void run(ServedModel model, Waiting waiting, Fleet.Choice choice, @Nullable Misfits misfits) {
        Worker kept = model.fleet().reservations().of(Place.demand(waiting));
        grant.accept(waiting, choice);
        if (misfits != null) {
            misfits.runs(Place.demand(waiting), choice.worker(), kept);
        }
    }

    /** Whether a request that does not fit lets later ones run; it may get a worker of its own in return. */
    private boolean letsPass(ServedModel model, Waiting waiting) {
        if (waiting.passes() < limits.mostPasses()) {
            return true;
        }
        Demand demand = Place.demand(waiting);
        Fleet fleet = model.fleet();
        int most = Math.max(1, fleet.workers().size() / WORKERS_PER_RESERVATION);
        return fleet.reservations().has(demand) || (fleet.reservations().size() < most && fleet.reserve(demand));
    }

    private void pass(ServedModel model, List<Waiting> passed, @Nullable Misfits misfits) {
        for (Waiting waiting : passed) {
            Demand demand = Place.demand(waiting);
            if (model.fleet().reservations().has(demand)) {
                continue;
            }
            waiting.pass();
            counts.passed();
            if (waiting.passes() >= PACE_PASSES && demand.waitsForPace()) {
                demand.stopWaitingForPace();
                if (misfits != null) {
                    misfits.forget(waiting);
                }
            }
        }
    }
}
