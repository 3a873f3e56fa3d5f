package dev.vidda.scheduler.admission;

import dev.vidda.scheduler.queue.Waiting;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who was found to fit nowhere while all who wait are asked at one moment, and what changed since: only there need they be
 * asked again. Who is let run changes the worker where it runs, and that which was kept free for it. It also tells those who begin
 * like it where else their beginning is, and passing makes one no longer wait for anybody's pace: these are asked
 * everywhere.
 */
final class Misfits {
    private final IdentityHashMap<Waiting, Integer> known = new IdentityHashMap<>();
    private final List<Worker> changed = new ArrayList<>();

    /** The numbers of the workers where it may fit; null for all. */
    @Nullable
    BitSet toAsk(Waiting waiting) {
        Integer since = known.get(waiting);
        if (since == null) {
            return null;
        }
        BitSet numbers = new BitSet();
        changed.subList(since, changed.size()).forEach(worker -> numbers.set(worker.number()));
        return numbers;
    }

    /** A request fits nowhere as things are. */
    void fitsNowhere(Waiting waiting) {
        known.put(waiting, changed.size());
    }

    /** A request is to be asked about everywhere. */
    void forget(Waiting waiting) {
        known.remove(waiting);
    }

    /**
     * A request runs.
     *
     * @param kept the worker that was kept free for it, if any
     */
    void runs(Demand demand, Worker worker, @Nullable Worker kept) {
        changed.add(worker);
        if (kept != null) {
            changed.add(kept);
        }
        known.keySet().removeIf(waiting -> Place.demand(waiting).beginsLike(demand));
    }
}
