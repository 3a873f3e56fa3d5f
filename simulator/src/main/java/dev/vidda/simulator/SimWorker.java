package dev.vidda.simulator;

import dev.vidda.protocol.PrefixChanges;
import dev.vidda.protocol.WorkerCard;
import dev.vidda.protocol.WorkerReport;
import java.util.List;

/** A worker in virtual time. It moves only when told to. */
interface SimWorker {
    /** In place of a time: nothing will happen by itself. */
    long NEVER = Long.MAX_VALUE;

    /** Hears what its sequences do, in order of time. */
    interface Listener {
        void firstToken(SimRequest request, long nanos);

        void ended(SimRequest request, long nanos);
    }

    WorkerCard card();

    /** Takes a request, at a time to which it was advanced. */
    void start(SimRequest request, long nanos);

    /** When the next thing happens that a listener hears of, or its steps have to be planned anew. */
    long next();

    /** Lives until {@code nanos}. */
    void advance(long nanos, Listener listener);

    /** Dies: what it had, with the tokens so far, is returned in order of arrival. */
    List<SimRequest> fail();

    WorkerReport report();

    /** What its prefix cache gained and lost since it was last asked. */
    PrefixChanges prefixChanges();

    /** What it counted, for the report. */
    Totals totals();

    /**
     * Counters since its start.
     *
     * @param preemptedTokens tokens that had to be computed anew
     * @param usedBlocks blocks held now
     */
    record Totals(long steps, long computedTokens, long preemptions, long preemptedTokens, int usedBlocks) {}
}
