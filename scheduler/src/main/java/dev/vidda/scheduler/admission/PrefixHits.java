package dev.vidda.scheduler.admission;

import dev.vidda.protocol.PrefixChanges;
import dev.vidda.protocol.kv.KvShape;
import dev.vidda.scheduler.ledger.Claim;
import dev.vidda.scheduler.placement.Holders;
import dev.vidda.scheduler.placement.PrefixIndex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How many of a prompt's first blocks a worker has: in its cache, by its own reports, or with a request that runs there and
 * begins alike.
 */
final class PrefixHits {
    private final PrefixIndex cached;
    private final PrefixIndex running = new PrefixIndex(Integer.MAX_VALUE);
    private final List<@Nullable Worker> byNumber = new ArrayList<>();
    private final Holders holders = new Holders();
    private final Holders siblings = new Holders();
    private int[] hits = new int[0];

    /** @param mostCached blocks of each worker's cache that are kept in mind */
    PrefixHits(int mostCached) {
        cached = new PrefixIndex(mostCached);
    }

    void add(Worker worker) {
        while (byNumber.size() <= worker.number()) {
            byNumber.add(null);
        }
        byNumber.set(worker.number(), worker);
        hits = Arrays.copyOf(hits, byNumber.size());
    }

    void remove(Worker worker) {
        byNumber.set(worker.number(), null);
        cached.forget(worker.number());
        running.forget(worker.number());
    }

    /** Whether what is known of the worker's cache is right. */
    boolean apply(Worker worker, PrefixChanges changes) {
        return cached.apply(worker.number(), changes);
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

    /** Blocks of the request's prompt that one worker has. */
    int of(Worker worker, Demand demand) {
        int shared = worker.account().shared(demand.claim(worker.card().kvShape())) * Claim.STRIDE;
        return Math.max(
                shared, cached.depth(worker.number(), demand.keys(worker.card().kvShape())));
    }

    /** Looks all workers up for a request, until {@link #forgetFound}. */
    void find(Demand demand, KvShape shape) {
        long[] keys = demand.keys(shape);
        holders.clear();
        siblings.clear();
        if (keys.length == 0) {
            return;
        }
        cached.find(keys, holders);
        running.find(demand.claim(shape).prefix(), siblings);
        note(holders, demand);
        note(siblings, demand);
    }

    private void note(Holders found, Demand demand) {
        for (int i = 0; i < found.count(); i++) {
            int number = found.worker(i);
            hits[number] = of(Objects.requireNonNull(byNumber.get(number)), demand);
        }
    }

    /** Blocks of the prompt looked up last that the worker of a number has. */
    int found(int number) {
        int common = Math.max(holders.commonDepth(number), Claim.STRIDE * siblings.commonDepth(number));
        return Math.max(hits[number], common);
    }

    /** The most blocks of the prompt looked up last that a worker has which is known by number, or as one of many. */
    int mostFound() {
        int most = Math.max(holders.commonDepth(), Claim.STRIDE * siblings.commonDepth());
        for (int i = 0; i < holders.count(); i++) {
            most = Math.max(most, hits[holders.worker(i)]);
        }
        for (int i = 0; i < siblings.count(); i++) {
            most = Math.max(most, hits[siblings.worker(i)]);
        }
        return most;
    }

    void forgetFound() {
        clear(holders);
        clear(siblings);
    }

    private void clear(Holders found) {
        for (int i = 0; i < found.count(); i++) {
            hits[found.worker(i)] = 0;
        }
    }
}
