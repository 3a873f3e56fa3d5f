package dev.vidda.scheduler.admission;

import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.Capacity;
import dev.vidda.protocol.FitAnswer;
import dev.vidda.protocol.FitQuestion;
import dev.vidda.protocol.Lease;
import dev.vidda.protocol.Refusal;
import dev.vidda.protocol.SchedulerLimits;
import dev.vidda.protocol.WorkerCard;
import dev.vidda.protocol.WorkerReport;
import dev.vidda.protocol.kv.KvCost;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Decides which request runs where, which waits, and which cannot be served.
 *
 * <p>A request that no worker of its model could run even when idle is refused at once. Any other runs on the worker
 * with the most free blocks if it has room; else it waits, and each model serves its line strictly in order of arrival:
 * nobody passes a head that lacks room. Every call returns what it decided, about its own request or about others.
 */
public final class Admission {
    private static final int NO_BLOCKS = 0;
    private static final int NO_RETRY = -1;

    private AdmissionLimits limits;
    private final Commitment commitment;
    private final Ledger ledger = new Ledger();
    private final Map<String, WorkerCard> workers = new TreeMap<>();
    /** Stays when the last worker of a model goes: its absence is then a failure, not a wrong name. */
    private final Map<String, ServedModel> models = new TreeMap<>();

    private final Map<String, ServedModel> waiting = new HashMap<>();

    public Admission(AdmissionLimits limits, Commitment commitment) {
        this.limits = limits;
        this.commitment = commitment;
    }

    /**
     * Decides about a request; the last decision is the one about it. A request that waits already keeps its place; one
     * that has a lease, or comes back with another size, gives up what it had and is decided anew.
     *
     * @param nowNanos the time on one monotonic clock, here and in all other methods
     */
    public List<Decision> admit(AdmissionRequest request, long nowNanos) {
        ServedModel known = waiting.get(request.id());
        if (known != null && known.line().find(request.id()).equals(Optional.of(request))) {
            return List.of(new Decision.Waits(request.id(), known.line().position(request.id())));
        }
        List<Decision> decisions = new ArrayList<>(release(request.id(), nowNanos));
        decisions.add(decide(request, nowNanos));
        return decisions;
    }

    /** Ends a request's lease or its waiting, which may let others run. An unknown one is ignored. */
    public List<Decision> release(String requestId, long nowNanos) {
        ServedModel left = waiting.remove(requestId);
        if (left != null) {
            left.line().leave(requestId);
            return serve(left, nowNanos);
        }
        Optional<Lease> lease = ledger.release(requestId);
        if (lease.isEmpty()) {
            return List.of();
        }
        ServedModel model = model(worker(lease.get().workerId()).model());
        model.drainRate().released(lease.get().blocks(), nowNanos);
        return serve(model, nowNanos);
    }

    /** A worker came, or came anew: then the leases it had end. */
    public List<Decision> join(WorkerCard card, long nowNanos) {
        List<Decision> decisions = new ArrayList<>();
        WorkerCard before = workers.get(card.workerId());
        if (before != null) {
            decisions.addAll(remove(before));
        }
        workers.put(card.workerId(), card);
        ledger.open(card.workerId(), card.kvBlocks());
        ServedModel model = models.computeIfAbsent(card.model(), name -> new ServedModel(name, limits));
        model.add(card);
        if (before != null && !before.model().equals(card.model())) {
            decisions.addAll(giveUpHopeless(model(before.model()), nowNanos));
        }
        decisions.addAll(giveUpHopeless(model, nowNanos));
        return decisions;
    }

    /** A worker went: its leases end, and what only it could have run is refused. An unknown one is ignored. */
    public List<Decision> leave(String workerId, long nowNanos) {
        WorkerCard card = workers.get(workerId);
        if (card == null) {
            return List.of();
        }
        List<Decision> decisions = new ArrayList<>(remove(card));
        decisions.addAll(giveUpHopeless(model(card.model()), nowNanos));
        return decisions;
    }

    /** The cards of all workers, in the order of their ids. */
    public List<WorkerCard> workers() {
        return List.copyOf(workers.values());
    }

    /** @throws IllegalStateException if an invariant does not hold; for tests */
    public void checkIntegrity() {
        ledger.checkIntegrity();
        int inLines = 0;
        for (ServedModel model : models.values()) {
            model.line().checkIntegrity();
            inLines += model.line().size();
            Optional<AdmissionRequest> head = model.line().head();
            check(
                    head.isEmpty()
                            || model.roomiest(head.get(), commitment, ledger).isEmpty(),
                    "a head waits for nothing");
        }
        check(inLines == waiting.size(), "%d requests in lines, %d known".formatted(inLines, waiting.size()));
        for (Map.Entry<String, ServedModel> entry : waiting.entrySet()) {
            Optional<AdmissionRequest> request = entry.getValue().line().find(entry.getKey());
            check(request.isPresent(), entry.getKey() + " is not in its line");
            check(entry.getValue().canEverRun(request.orElseThrow()), entry.getKey() + " waits in vain");
            check(!ledger.hasLease(entry.getKey()), entry.getKey() + " waits and has a lease");
        }
    }

    private Decision decide(AdmissionRequest request, long nowNanos) {
        ServedModel model = models.get(request.model());
        if (model == null) {
            return unknownModel(request);
        }
        if (model.workers().isEmpty()) {
            return unavailable(request, "no worker serves model " + request.model() + " at the moment");
        }
        if (!model.canEverRun(request)) {
            return new Decision.Refused(request.id(), model.neverRuns(request));
        }
        if (model.line().isEmpty()) {
            Optional<Decision.Granted> granted = grant(request, model);
            if (granted.isPresent()) {
                return granted.get();
            }
        }
        int blocks = model.blocksWhileWaiting(request, commitment);
        if (!model.line().hasRoomFor(blocks, model.poolBlocks())) {
            return lineIsFull(request, model, blocks, nowNanos);
        }
        int position = model.line().join(request, blocks);
        waiting.put(request.id(), model);
        model.drainRate().waiting(true, nowNanos);
        return new Decision.Waits(request.id(), position);
    }

    private Optional<Decision.Granted> grant(AdmissionRequest request, ServedModel model) {
        return model.roomiest(request, commitment, ledger).map(card -> {
            int blocks = commitment.blocks(card.kvShape(), request);
            return new Decision.Granted(ledger.commit(request.id(), card.workerId(), blocks));
        });
    }

    /** Lets the head of the line run, and the next, as long as there is room; tells the others how far they came. */
    private List<Decision> serve(ServedModel model, long nowNanos) {
        List<Decision> decisions = new ArrayList<>();
        for (Optional<AdmissionRequest> head = model.line().head();
                head.isPresent();
                head = model.line().head()) {
            Optional<Decision.Granted> granted = grant(head.get(), model);
            if (granted.isEmpty()) {
                break;
            }
            model.line().leave(head.get().id());
            waiting.remove(head.get().id());
            decisions.add(granted.get());
        }
        model.drainRate().waiting(!model.line().isEmpty(), nowNanos);
        decisions.addAll(model.line().positionsWorthTelling());
        return decisions;
    }

    /** Refuses who waits for workers that are gone, then serves the rest. */
    private List<Decision> giveUpHopeless(ServedModel model, long nowNanos) {
        List<Decision> decisions = new ArrayList<>();
        for (AdmissionRequest request : model.line().leaveIf(request -> !model.canEverRun(request))) {
            waiting.remove(request.id());
            decisions.add(
                    unavailable(request, "the last worker of model " + model.name() + " with room for it is gone"));
        }
        decisions.addAll(serve(model, nowNanos));
        return decisions;
    }

    private List<Decision> remove(WorkerCard card) {
        workers.remove(card.workerId());
        model(card.model()).remove(card.workerId());
        return ledger.close(card.workerId()).stream()
                .<Decision>map(Decision.Ended::new)
                .toList();
    }

    /**
     * What a worker has, holds and has promised.
     *
     * @param report its last one
     * @throws NullPointerException naming the worker if there is none of this id
     */
    public Capacity.WorkerCapacity capacity(String workerId, WorkerReport report, long reportAgeMillis) {
        WorkerCard card = worker(workerId);
        long longest = Math.min(card.maxModelLength(), KvCost.longestContext(card.kvShape(), ledger.free(workerId)));
        return new Capacity.WorkerCapacity(
                card, report, reportAgeMillis, ledger.committed(workerId), ledger.leases(workerId), longest);
    }

    /** Bounds the waiting lines anew. */
    public void change(SchedulerLimits changed) {
        limits = new AdmissionLimits(changed.waitingRequests(), changed.waitingPools(), limits.retryAfter());
        models.values().forEach(model -> model.line().change(limits.waitingRequests(), limits.waitingPools()));
    }

    /** What is in force: all of a request is committed, and nobody passes another. */
    public SchedulerLimits limitsInForce() {
        return new SchedulerLimits(
                limits.waitingRequests(), limits.waitingPools(), 0, 1, 0, Long.MAX_VALUE, 0, Map.of());
    }

    /** What would become of requests if they came now. */
    public FitAnswer fit(FitQuestion question, long nowNanos) {
        AdmissionRequest request = AdmissionRequest.standard(
                "", question.model(), question.promptTokens(), question.maxTokens(), List.of());
        ServedModel model = models.get(question.model());
        if (model == null || !model.canEverRun(request)) {
            Decision why = model == null ? unknownModel(request) : refusedForEver(request, model);
            return new FitAnswer(0, 0, 0, -1, -1, -1, 0, Optional.of(((Decision.Refused) why).refusal()));
        }
        int each = model.blocksWhileWaiting(request, commitment);
        long empty = 0;
        long now = 0;
        for (WorkerCard card : model.workers()) {
            int blocks = commitment.blocks(card.kvShape(), request);
            empty += card.kvBlocks() / blocks;
            now += model.line().isEmpty() ? ledger.free(card.workerId()) / blocks : 0;
        }
        int fits = (int) Math.min(now, question.count());
        Refusal full = ((Decision.Refused) lineIsFull(request, model, each, nowNanos)).refusal();
        long wait = fits > 0 ? 0 : full.retryAfterMillis();
        return fits == question.count()
                ? new FitAnswer(fits, empty, each, 0, 0, -1, 0, Optional.empty())
                : new FitAnswer(fits, empty, each, wait, -1, -1, 0, Optional.of(full));
    }

    private Decision refusedForEver(AdmissionRequest request, ServedModel model) {
        return model.workers().isEmpty()
                ? unavailable(request, "no worker serves model " + request.model() + " at the moment")
                : new Decision.Refused(request.id(), model.neverRuns(request));
    }

    /** Who waits, for each model that has or had a worker. */
    public List<Capacity.ModelQueue> queues(long nowNanos) {
        return models.values().stream()
                .map(model -> new Capacity.ModelQueue(
                        model.name(),
                        model.line().size(),
                        model.line().blocks(),
                        model.line().size() == 0
                                ? 0
                                : limits.retryAfter()
                                        .millis(
                                                model.line().blocks(),
                                                model.drainRate().blocksPerSecond(nowNanos))))
                .toList();
    }

    private Decision unknownModel(AdmissionRequest request) {
        String message = "model %s is not served here; served: %s".formatted(request.model(), models.keySet());
        return new Decision.Refused(
                request.id(), new Refusal(Refusal.Reason.UNKNOWN_MODEL, message, NO_RETRY, NO_BLOCKS, 0, 0));
    }

    private Decision unavailable(AdmissionRequest request, String message) {
        long retryAfter = limits.retryAfter().initial().toMillis();
        return new Decision.Refused(
                request.id(), new Refusal(Refusal.Reason.UNAVAILABLE, message, retryAfter, NO_BLOCKS, 0, 0));
    }

    private Decision lineIsFull(AdmissionRequest request, ServedModel model, int blocks, long nowNanos) {
        WaitingLine line = model.line();
        String message = ("the waiting line of model %s is full: %d of at most %d requests wait for %d of at most %d KV"
                        + " blocks; this one needs %d")
                .formatted(
                        model.name(),
                        line.size(),
                        line.mostRequests(),
                        line.blocks(),
                        line.mostBlocks(model.poolBlocks()),
                        blocks);
        long retryAfter = limits.retryAfter()
                .millis(line.blocks() + blocks, model.drainRate().blocksPerSecond(nowNanos));
        int largest =
                model.workers().stream().mapToInt(WorkerCard::kvBlocks).max().orElse(0);
        return new Decision.Refused(
                request.id(),
                new Refusal(Refusal.Reason.QUEUE_FULL, message, retryAfter, blocks, largest, model.longestContext()));
    }

    private WorkerCard worker(String workerId) {
        return Objects.requireNonNull(workers.get(workerId), workerId);
    }

    private ServedModel model(String name) {
        return Objects.requireNonNull(models.get(name), name);
    }

    private static void check(boolean holds, String message) {
        if (!holds) {
            throw new IllegalStateException(message);
        }
    }
}
