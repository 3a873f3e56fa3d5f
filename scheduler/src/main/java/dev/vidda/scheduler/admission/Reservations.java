package dev.vidda.scheduler.admission;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Workers that are kept free, each for one waiting request that does not fit anywhere yet. */
final class Reservations {
    private final Map<Demand, Worker> workers = new HashMap<>();

    int size() {
        return workers.size();
    }

    boolean has(Demand demand) {
        return workers.containsKey(demand);
    }

    /** The worker that is kept free for a request, if any. */
    @Nullable
    Worker of(Demand demand) {
        return workers.get(demand);
    }

    void keep(Worker worker, Demand demand) {
        worker.reserveFor(demand);
        workers.put(demand, worker);
    }

    /** The worker that was kept free for a request, if any, takes others again. */
    void end(Demand demand) {
        Worker worker = workers.remove(demand);
        if (worker != null) {
            worker.reserveFor(null);
        }
    }

    /** Whatever a worker was kept free for, it is no more. */
    void end(Worker worker) {
        Demand demand = worker.reservedFor();
        if (demand != null) {
            end(demand);
        }
    }
}
