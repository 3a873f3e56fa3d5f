package dev.vidda.scheduler.admission;

import dev.vidda.protocol.Lease;
import dev.vidda.protocol.Tenant;
import dev.vidda.scheduler.ledger.Claim;
import dev.vidda.scheduler.ledger.Ledger;
import dev.vidda.scheduler.placement.Work;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who runs where: the ledger's leases with all that hangs on them, of this scheduler and of others.
 *
 * <p>A worker names the leases that it began to serve, and those that ended. A lease of our own that it names counts
 * once; one of another scheduler is taken over; one that it never names ends after a while. What just ended is
 * remembered for a moment, so that a report that was on its way does not bring it back.
 */
final class Leases {
    private static final int MOST_REMEMBERED = 16_384;

    private final Ledger ledger;
    private final Map<String, Grant> grants = new HashMap<>();
    private final Map<String, Grant> unstarted = new LinkedHashMap<>();
    private final Map<String, Grant> remembered = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Grant> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    /**
     * A lease and what it is for.
     *
     * @param answer null for one that another scheduler made
     */
    record Grant(
            Lease lease,
            ServedModel model,
            Worker worker,
            Work work,
            Claim claim,
            @Nullable Answer answer,
            long nanos) {}

    /** Whose answer it is, and how long each of its samples gets on average. */
    record Answer(Tenant tenant, int samples, double meanTokens) {}

    Leases(Ledger ledger) {
        this.ledger = ledger;
    }

    Grant grant(ServedModel model, Fleet.Choice choice, Demand demand, long nowNanos) {
        Worker worker = choice.worker();
        Claim claim = demand.claim(worker.card().kvShape());
        String id = demand.request().id();
        Lease lease = ledger.commit(id, worker.id(), claim, demand.request().guaranteed());
        Grant grant = new Grant(lease, model, worker, choice.work(), claim, answer(demand), nowNanos);
        model.fleet().prefixes().started(worker, claim);
        worker.load().add(choice.work(), nowNanos / Admission.NANOS_PER_MILLI);
        grants.put(id, grant);
        unstarted.put(id, grant);
        remembered.remove(id);
        return grant;
    }

    /** All that is still of use of a request while it runs; the rest would only fill memory. */
    private static Answer answer(Demand demand) {
        return new Answer(demand.request().tenant(), demand.request().samples(), demand.meanTokens());
    }

    /** Takes over what a worker says that it serves: a lease of ours has started, another one counts from now on. */
    void served(ServedModel model, Worker worker, Lease lease, long nowNanos) {
        Grant known = grants.get(lease.requestId());
        if (known != null && known.worker() == worker) {
            if (unstarted.remove(lease.requestId()) != null) {
                worker.load().started(known.work());
            }
            return;
        }
        if (!lease.workerId().equals(worker.id()) || remembered.containsKey(lease.requestId())) {
            return;
        }
        if (known != null) {
            end(lease.requestId());
        }
        ledger.adopt(lease);
        int tokens = lease.blocks() * worker.card().kvShape().blockTokens();
        Work work = new Work(1, 0, 1, tokens, 0, 0);
        Claim claim = Claim.alone(Math.max(1, lease.blocks()));
        worker.load().adopt(work);
        grants.put(lease.requestId(), new Grant(lease, model, worker, work, claim, null, nowNanos));
    }

    /** A worker names all it serves: what began there and is not among it has ended. */
    List<Grant> notAmong(Worker worker, Collection<Lease> held) {
        Set<String> ids = new HashSet<>();
        held.forEach(lease -> ids.add(lease.requestId()));
        return ledger.leasesOn(worker.id()).stream()
                .map(Lease::requestId)
                .filter(id -> !ids.contains(id) && !unstarted.containsKey(id))
                .map(this::end)
                .flatMap(Optional::stream)
                .toList();
    }

    Optional<Grant> find(String requestId) {
        return Optional.ofNullable(grants.get(requestId));
    }

    /** What a request had that ended a moment ago. */
    Optional<Grant> forgetEnded(String requestId) {
        return Optional.ofNullable(remembered.remove(requestId));
    }

    /** Ends a lease; empty if there is none. */
    Optional<Grant> end(String requestId) {
        Grant grant = grants.remove(requestId);
        if (grant == null) {
            return Optional.empty();
        }
        boolean wasStarted = unstarted.remove(requestId) == null;
        ledger.release(requestId);
        grant.model().fleet().prefixes().ended(grant.worker(), grant.claim());
        grant.worker().load().remove(grant.work(), wasStarted);
        remembered.put(requestId, grant);
        return Optional.of(grant);
    }

    /** Ends the leases that no worker began to serve since {@code beforeNanos}. */
    List<Grant> expire(long beforeNanos) {
        List<String> late = new ArrayList<>();
        for (Grant grant : unstarted.values()) {
            if (grant.nanos() > beforeNanos) {
                break;
            }
            if (grant.worker().tellsLeases()) {
                late.add(grant.lease().requestId());
            }
        }
        return late.stream().map(this::end).flatMap(Optional::stream).toList();
    }

    /** A worker is gone, with all its leases. */
    List<Lease> close(Worker worker) {
        List<Lease> ended = ledger.close(worker.id());
        for (Lease lease : ended) {
            grants.remove(lease.requestId());
            unstarted.remove(lease.requestId());
        }
        return ended;
    }

    int count() {
        return grants.size();
    }

    /**
     * Counts everything again; for tests.
     *
     * @throws IllegalStateException if something does not add up
     */
    void checkIntegrity() {
        ledger.checkIntegrity();
        if (ledger.leases() != grants.size() || !grants.keySet().containsAll(unstarted.keySet())) {
            throw new IllegalStateException(ledger.leases() + " leases, " + grants.size() + " grants");
        }
    }
}
