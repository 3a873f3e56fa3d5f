package dev.vidda.scheduler.admission;

import dev.vidda.scheduler.queue.Waiting;

/** A place in the line of a model, with what its request asks for. All that wait there have one. */
final class Place extends Waiting {
    private final Demand demand;

    /**
     * A place for a request.
     *
     * @param blocks that it needs
     * @param deadlineNanos when it is of no use any more, or {@link #ENDLESS}
     * @param sinceNanos when it began to wait
     */
    Place(Demand demand, int blocks, long deadlineNanos, long sinceNanos) {
        super(demand.request(), blocks, demand.cost(0), deadlineNanos, sinceNanos);
        this.demand = demand;
    }

    /** What a waiting request asks for. */
    static Demand demand(Waiting waiting) {
        return ((Place) waiting).demand;
    }
}
