package dev.vidda.scheduler.admission;

import dev.vidda.scheduler.queue.DrainRate;
import dev.vidda.scheduler.queue.FairQueue;
import dev.vidda.scheduler.queue.RetryAfter;

/** One model: the workers that serve it now, and who waits for them. */
final class ServedModel {
    private final String name;
    private final Fleet fleet;
    private final FairQueue queue = new FairQueue();
    private final DrainRate drainRate;

    ServedModel(String name, AdmissionRules rules) {
        this.name = name;
        this.fleet = new Fleet(rules.prefixBlocks());
        this.drainRate = new DrainRate(rules.retryAfter().memory());
    }

    String name() {
        return name;
    }

    Fleet fleet() {
        return fleet;
    }

    FairQueue queue() {
        return queue;
    }

    DrainRate drainRate() {
        return drainRate;
    }

    /** Whether some worker that takes requests could run this one if it were idle. */
    boolean canEverRun(Demand demand) {
        return fleet.any(worker -> worker.takesRequests() && worker.canEverRun(demand));
    }

    boolean hasWorkers() {
        return fleet.any(Worker::takesRequests);
    }

    /** Milliseconds until so many blocks were given back; -1 when nobody knows. */
    long waitMillis(long blocks, long nowNanos) {
        var rate = drainRate.blocksPerSecond(nowNanos);
        return rate.isEmpty() ? -1 : (long) Math.ceil(RetryAfter.MILLIS * blocks / rate.getAsDouble());
    }

    /** Milliseconds until the turn of one that has so many before it; -1 when nobody knows. */
    long waitMillisAt(int position, long nowNanos) {
        double each = queue.isEmpty() ? 0 : (double) queue.blocks() / queue.size();
        return waitMillis((long) Math.ceil((position + 1) * each), nowNanos);
    }
}
