package dev.vidda.scheduler.admission;

import dev.vidda.scheduler.queue.Waiting;

/** A place in the line of a model, with what its request asks for. All that wait there have one. */
final class Place extends Waiting {
    private final Demand demand;

    /**
     * A place for a request.
     *
     * @param blocks that it needs
     */
    Place(Demand demand, int blocks, Times times) {
        super(demand.request(), blocks, demand.cost(0), times);
        this.demand = demand;
    }

    /** What a waiting request asks for. */
    static Demand demand(Waiting waiting) {
        return ((Place) waiting).demand;
    }
}
