package dev.vidda.scheduler.admission;

import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.Capacity;
import dev.vidda.protocol.FitAnswer;
import dev.vidda.protocol.FitQuestion;
import dev.vidda.protocol.Lease;
import dev.vidda.protocol.PrefixChanges;
import dev.vidda.protocol.Refusal;
import dev.vidda.protocol.SchedulerLimits;
import dev.vidda.protocol.WorkerCard;
import dev.vidda.protocol.WorkerReport;
import dev.vidda.scheduler.queue.FairQueue;
import dev.vidda.scheduler.queue.Waiting;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Decides which request runs where, which waits, and which cannot be served.
 *
 * <p>A request that no worker of its model could run even when idle is refused at once. Any other runs where its first
 * token comes soonest ({@link Fleet}), or waits for its turn ({@link Turns}). Every call returns what it decided, about
 * its own request or about others. Times are of one monotonic clock, in nanoseconds.
 */
public final class Admission {
    static final double NANOS_PER_MILLI = 1e6;

    /** A client that waits is told of small moves no more often. */
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Desk desk;
    private final Map<String, Worker> workers = new TreeMap<>();

    public Admission(AdmissionRules rules) {
        this(rules, true);
    }

    /** @param remembers whether it is fast; for tests */
    Admission(AdmissionRules rules, boolean remembers) {
        this.desk = new Desk(rules, remembers);
    }

    /**
     * Decides about a request; the last decision is the one about it. A request that waits already keeps its place; one
     * that has a lease, or comes back with another size, gives up what it had and is decided anew.
     *
     * @param waitedMillis how long ago its gateway took it
     */
    public List<Decision> admit(AdmissionRequest request, long waitedMillis, long nowNanos) {
        desk.now = nowNanos;
        ServedModel known = desk.waiting.get(request.id());
        if (known != null) {
            Waiting place = known.queue().find(request.id()).orElseThrow();
            if (Place.demand(place).isOf(request)) {
                return List.of(desk.waits(known, place));
            }
        }
        desk.endQuietly(request.id());
        List<Decision> others = desk.taken();
        desk.decide(request, waitedMillis);
        List<Decision> own = desk.taken();
        others.addAll(own);
        return others;
    }

    /**
     * Ends a request's lease or its waiting, which may let others run. An unknown one is ignored.
     *
     * @param generatedTokens length of its answer if the model ended it by itself, else -1
     */
    public List<Decision> release(String requestId, int generatedTokens, long nowNanos) {
        desk.now = nowNanos;
        if (generatedTokens >= 0) {
            desk.leases
                    .find(requestId)
                    .or(() -> desk.leases.forgetEnded(requestId))
                    .ifPresent(ended -> desk.learn(ended, generatedTokens));
        }
        desk.endQuietly(requestId);
        return desk.taken();
    }

    /** A worker that is known says again what it serves; one that changed is as one that came anew. */
    public List<Decision> confirm(WorkerCard card, List<Lease> held, long nowNanos) {
        desk.now = nowNanos;
        Worker known = workers.get(card.workerId());
        if (known == null || !known.card().equals(card)) {
            return join(card, held, nowNanos);
        }
        confirm(known, held);
        return desk.taken();
    }

    /** A worker came, or came anew: then the leases it had end but for those that it {@code held}. */
    public List<Decision> join(WorkerCard card, List<Lease> held, long nowNanos) {
        desk.now = nowNanos;
        Worker before = workers.get(card.workerId());
        if (before != null) {
            remove(before);
        }
        ServedModel model = desk.models.computeIfAbsent(card.model(), name -> new ServedModel(name, desk.rules));
        Worker worker = model.fleet().add(card, desk.ledger.open(card.workerId(), card.kvBlocks()), desk.now);
        workers.put(card.workerId(), worker);
        held.forEach(lease -> desk.leases.served(model, worker, lease, desk.now));
        worker.tellsLeases(!held.isEmpty());
        if (before != null && !before.card().model().equals(card.model())) {
            desk.giveUpHopeless(desk.model(before.card().model()));
        }
        desk.giveUpHopeless(model);
        return desk.taken();
    }

    /** A worker went: its leases end, and what only it could have run is refused. An unknown one is ignored. */
    public List<Decision> leave(String workerId, long nowNanos) {
        desk.now = nowNanos;
        Worker worker = workers.get(workerId);
        if (worker != null) {
            remove(worker);
            desk.giveUpHopeless(desk.model(worker.card().model()));
        }
        return desk.taken();
    }

    /** A worker reports. One that is not known is ignored until it registers. */
    public List<Decision> report(WorkerReport report, long nowNanos) {
        desk.now = nowNanos;
        Worker worker = workers.get(report.workerId());
        if (worker == null) {
            return desk.taken();
        }
        ServedModel model = desk.model(worker.card().model());
        boolean served = worker.takesRequests();
        desk.counts.preempted(worker.heard(report, desk.now));
        report.leases().started().forEach(lease -> desk.leases.served(model, worker, lease, desk.now));
        for (String ended : report.leases().ended()) {
            desk.leases.find(ended).filter(grant -> grant.worker() == worker).ifPresent(this::endedByWorker);
        }
        desk.ledger.use(worker.id(), report.blocks().used());
        if (!worker.tellsLeases()) {
            worker.load().allStarted();
        }
        worker.learn(desk.nowMillis());
        if (served && !worker.takesRequests()) {
            model.fleet().reservations().end(worker);
            desk.giveUpHopeless(model);
        } else {
            desk.turns.serve(model, worker, desk.nowMillis());
        }
        return desk.taken();
    }

    /**
     * What a worker's prefix cache gained and lost.
     *
     * @return false if something in between was missed, and the worker should say all that it has
     */
    public boolean prefixes(PrefixChanges changes) {
        Worker worker = workers.get(changes.workerId());
        return worker == null
                || desk.model(worker.card().model()).fleet().prefixes().apply(worker, changes);
    }

    /**
     * Time passed: leases that nobody served end, workers that do not report get nothing new, who waited too long is refused,
     * others are told how far they came.
     */
    public List<Decision> tick(long nowNanos) {
        desk.now = nowNanos;
        workers.values().forEach(this::listen);
        for (Leases.Grant late :
                desk.leases.expire(desk.now - desk.rules.startTimeout().toNanos())) {
            desk.counts.expired();
            desk.add(new Decision.Ended(late.lease()));
            desk.turns.serve(late.model(), late.worker(), desk.nowMillis());
        }
        for (ServedModel model : desk.models.values()) {
            for (Waiting late : model.queue().leaveIf(place -> place.deadlineNanos() <= desk.now)) {
                desk.forgetWaiting(model, late);
                desk.refuse(
                        late.request(),
                        Refusals.expired(model, late.request(), late.blocks(), desk.retryAfter(model, 0)));
            }
            desk.turns.serveAll(model, desk.nowMillis());
            for (FairQueue.Moved moved : model.queue().moved(desk.now, QUIET_NANOS)) {
                long wait = model.waitMillisAt(moved.position(), desk.now);
                desk.add(new Decision.Waits(moved.waiting().request().id(), moved.position(), wait));
            }
            model.drainRate().waiting(!model.queue().isEmpty(), desk.now);
        }
        return desk.taken();
    }

    /** Lets those run whose workers had too much work ahead when last asked, and have less now. */
    public List<Decision> wake(long nowNanos) {
        desk.now = nowNanos;
        desk.models.values().forEach(model -> desk.turns.serveAll(model, desk.nowMillis()));
        return desk.taken();
    }

    /** When to {@link #wake} it; {@link Long#MAX_VALUE} if nobody waits for that. */
    public long wakeNanos() {
        double earliest = Double.MAX_VALUE;
        for (ServedModel model : desk.models.values()) {
            earliest = model.queue().isEmpty()
                    ? earliest
                    : Math.min(earliest, model.fleet().wakeMillis());
        }
        return earliest == Double.MAX_VALUE ? Long.MAX_VALUE : (long) (earliest * NANOS_PER_MILLI) + 1;
    }

    /** The cards of all workers, in the order of their ids. */
    public List<WorkerCard> workers() {
        return workers.values().stream().map(Worker::card).toList();
    }

    /** Puts other limits in force; what was admitted or waits stays. */
    public List<Decision> change(SchedulerLimits changed, long nowNanos) {
        desk.now = nowNanos;
        desk.limits = changed;
        desk.turns.change(changed);
        desk.models.values().forEach(model -> desk.turns.serveAll(model, desk.nowMillis()));
        return desk.taken();
    }

    public SchedulerLimits limits() {
        return desk.limits;
    }

    /** What would become of requests if they came now. */
    public FitAnswer fit(FitQuestion question, long nowNanos) {
        desk.now = nowNanos;
        AdmissionRequest request = FitCheck.request(question);
        Demand demand = desk.demand(request);
        ServedModel model = desk.models.get(question.model());
        Refusal never = desk.refusalForEver(request, demand);
        return model == null || never != null
                ? FitCheck.never(Objects.requireNonNull(never))
                : new FitCheck(desk, model, question, demand).answer();
    }

    /** What all workers have, hold and have promised, and who waits. */
    public Capacity capacity(long nowNanos) {
        List<Capacity.ModelQueue> queues = desk.models.values().stream()
                .map(model -> new Capacity.ModelQueue(
                        model.name(),
                        model.queue().size(),
                        model.queue().blocks(),
                        model.queue().isEmpty()
                                ? 0
                                : model.waitMillisAt(model.queue().size(), nowNanos),
                        model.queue().shares()))
                .toList();
        return new Capacity(
                workers.values().stream()
                        .map(worker -> worker.capacity(nowNanos))
                        .toList(),
                queues,
                desk.counts.now());
    }

    /**
     * Counts everything again; for tests.
     *
     * @throws IllegalStateException if an invariant does not hold
     */
    public void checkIntegrity() {
        desk.leases.checkIntegrity();
        int inQueues = 0;
        for (ServedModel model : desk.models.values()) {
            model.queue().checkIntegrity();
            inQueues += model.queue().size();
        }
        if (inQueues != desk.waiting.size()) {
            throw new IllegalStateException(inQueues + " wait, " + desk.waiting.size() + " are known");
        }
    }

    private void endedByWorker(Leases.Grant grant) {
        desk.leases.end(grant.lease().requestId()).ifPresent(ended -> {
            desk.add(new Decision.Ended(ended.lease()));
            desk.serveAfter(ended);
        });
    }

    /** A worker that is known says what it serves. */
    private void confirm(Worker worker, List<Lease> held) {
        worker.heard(desk.now);
        ServedModel model = desk.model(worker.card().model());
        held.forEach(lease -> desk.leases.served(model, worker, lease, desk.now));
        worker.tellsLeases(!held.isEmpty());
        if (worker.tellsLeases()) {
            for (Leases.Grant ended : desk.leases.notAmong(worker, held)) {
                desk.add(new Decision.Ended(ended.lease()));
                desk.serveAfter(ended);
            }
        }
    }

    private void listen(Worker worker) {
        if (worker.listen(desk.rules.silence(), desk.now)) {
            ServedModel model = desk.model(worker.card().model());
            model.fleet().reservations().end(worker);
            desk.giveUpHopeless(model);
        }
    }

    private void remove(Worker worker) {
        workers.remove(worker.id());
        desk.leases.close(worker).forEach(lease -> desk.add(new Decision.Ended(lease)));
        desk.model(worker.card().model()).fleet().remove(worker);
    }
}
