package dev.vidda.scheduler.admission;

import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.Refusal;
import dev.vidda.protocol.SchedulerLimits;
import dev.vidda.protocol.ServiceClass;
import dev.vidda.scheduler.ledger.Ledger;
import dev.vidda.scheduler.ledger.OutputLengths;
import dev.vidda.scheduler.placement.WorkerLoad;
import dev.vidda.scheduler.queue.Waiting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Where requests are decided: what all decisions depend on, and the list of those that were made in one call. */
final class Desk {
    /** Share of the soft target that may pass in line: the rest is for the step that is under way, and prompts before it. */
    private static final double WAITING_SHARE = 0.75;

    final AdmissionRules rules;
    final Ledger ledger = new Ledger();
    final Leases leases = new Leases(ledger);
    final Counts counts = new Counts();
    final Turns turns;
    /** Stays when the last worker of a model goes: its absence is then a failure, not a wrong name. */
    final Map<String, ServedModel> models = new TreeMap<>();

    final Map<String, ServedModel> waiting = new HashMap<>();
    SchedulerLimits limits;
    long now;

    private final OutputLengths lengths = new OutputLengths();
    private List<Decision> decisions = new ArrayList<>();

    /** @param remembers see {@link Turns} */
    Desk(AdmissionRules rules, boolean remembers) {
        this.rules = rules;
        this.limits = rules.limits();
        this.turns = new Turns(limits, counts, this::grantWaiting, remembers);
    }

    void add(Decision decision) {
        decisions.add(decision);
    }

    void decide(AdmissionRequest request, long waitedMillis) {
        Demand demand = demand(request);
        Refusal never = refusalForEver(request, demand);
        if (never != null) {
            refuse(request, never);
            return;
        }
        ServedModel model = model(request.model());
        if (model.queue().isEmpty()) {
            Fleet.Choice choice = model.fleet().best(demand, nowMillis(), limits.pendingMillis());
            if (choice != null && isLate(demand, choice, waitedMillis)) {
                refuse(request, Refusals.tooSlow(model, request, choice.ttftMillis(), waitedMillis));
                return;
            }
            if (choice != null) {
                grant(model, demand, choice, true);
                return;
            }
        }
        queue(model, demand, waitedMillis);
    }

    private void queue(ServedModel model, Demand demand, long waitedMillis) {
        AdmissionRequest request = demand.request();
        int blocks = demand.claim(model.fleet().workers().getFirst().card().kvShape())
                .blocks();
        long left = leftMillis(model, demand, waitedMillis);
        Refusal full = mayNotWait(model, demand, left, waitedMillis);
        if (full != null) {
            refuse(request, full);
            return;
        }
        long deadline = left == Long.MAX_VALUE ? Waiting.ENDLESS : now + TimeUnit.MILLISECONDS.toNanos(left);
        long since = now - TimeUnit.MILLISECONDS.toNanos(waitedMillis);
        Place place = new Place(demand, blocks, new Waiting.Times(since, deadline, lateNanos(model, demand, since)));
        model.queue().join(place);
        waiting.put(request.id(), model);
        model.drainRate().waiting(true, now);
        turns.serveNew(model, place, nowMillis());
        if (waiting.containsKey(request.id())) {
            decisions.add(waits(model, place));
        }
    }

    /** Why a request may not begin to wait, which is of use for {@code left} milliseconds; null if it may. */
    @Nullable
    Refusal mayNotWait(ServedModel model, Demand demand, long left, long waitedMillis) {
        AdmissionRequest request = demand.request();
        Fleet.Choice soonest =
                demand.ttftTargetMillis() == 0 ? null : model.fleet().soonest(demand);
        if (soonest != null && isLate(demand, soonest, waitedMillis)) {
            return Refusals.tooSlow(model, request, soonest.ttftMillis(), waitedMillis);
        }
        int blocks = demand.claim(model.fleet().workers().getFirst().card().kvShape())
                .blocks();
        return new Doorkeeper(model, limits, rules.retryAfter(), now).refusal(request, blocks, left);
    }

    /** How long waiting is of use to a request: until its time-out, or until its first token would come too late. */
    long leftMillis(ServedModel model, Demand demand, long waitedMillis) {
        AdmissionRequest request = demand.request();
        long patience = request.patience().queueTimeoutMillis();
        long left = patience == 0 ? Long.MAX_VALUE : patience - waitedMillis;
        Fleet.Choice soonest =
                demand.ttftTargetMillis() == 0 ? null : model.fleet().soonest(demand);
        if (soonest == null || !soonest.worker().load().isLearned()) {
            return left;
        }
        return Math.min(left, demand.ttftTargetMillis() - waitedMillis - Math.round(soonest.ttftMillis()));
    }

    /**
     * When the first token of a request can no longer come within the soft target, even where its prompt would take least; a
     * long one has as much more time as it may wait on a worker. Of use to nobody for a batch; one that asks for a time is
     * refused by then instead, and one that lost its worker has a client that reads already.
     */
    private long lateNanos(ServedModel model, Demand demand, long sinceNanos) {
        AdmissionRequest request = demand.request();
        if (limits.softTtftTargetMillis() == 0
                || request.serviceClass() == ServiceClass.BATCH
                || request.patience().ttftTargetMillis() > 0
                || !request.avoidedWorkers().isEmpty()) {
            return Waiting.ENDLESS;
        }
        double own = model.fleet().leastOwnMillis(demand);
        if (own < 0) {
            return Waiting.ENDLESS;
        }
        double left = WAITING_SHARE * WorkerLoad.mostWaitMillis(own, limits.softTtftTargetMillis()) - own;
        return sinceNanos + Math.round(left * Admission.NANOS_PER_MILLI);
    }

    /** Whether its first token comes later there than it asks for, as far as one can tell yet. */
    static boolean isLate(Demand demand, Fleet.Choice choice, long waitedMillis) {
        return choice.worker().load().isLearned() && demand.isLate(choice.ttftMillis() + waitedMillis);
    }

    /** Why the request can never run, or not as long as things stay as they are; null if it can. */
    @Nullable
    Refusal refusalForEver(AdmissionRequest request, Demand demand) {
        ServedModel model = models.get(request.model());
        if (model == null) {
            return Refusals.unknownModel(request, models.keySet());
        }
        int most = request.tenant().maxContext();
        if (most > 0 && demand.tokens() > most) {
            return Refusals.tenantLimit(request);
        }
        Integer longest = limits.longestContexts().get(request.model());
        if (longest != null && demand.tokens() > longest) {
            return Refusals.modelLimit(request, longest);
        }
        if (!model.hasWorkers()) {
            return Refusals.noWorker(model, rules.retryAfter());
        }
        return model.canEverRun(demand) ? null : Refusals.neverRuns(request, model);
    }

    Demand demand(AdmissionRequest request) {
        OutputLengths.Expected expected = lengths.expected(
                request.model(), request.tenant().name(), limits.outputQuantile(), request.maxNewTokens());
        long asked = request.patience().itlTargetMillis();
        return new Demand(request, expected, asked > 0 ? asked : limits.itlTargetMillis());
    }

    private void grantWaiting(Waiting place, Fleet.Choice choice) {
        ServedModel model = model(place.request().model());
        Demand demand = Place.demand(place);
        model.queue().serve(place);
        forgetWaiting(model, place);
        grant(model, demand, choice, false);
    }

    private void grant(ServedModel model, Demand demand, Fleet.Choice choice, boolean atOnce) {
        Leases.Grant grant = leases.grant(model, choice, demand, now);
        model.queue()
                .charge(demand.request().tenant(), demand.cost(choice.work().savedTokens()));
        counts.admitted(atOnce);
        decisions.add(new Decision.Granted(grant.lease()));
    }

    void forgetWaiting(ServedModel model, Waiting place) {
        waiting.remove(place.request().id());
        model.fleet().reservations().end(Place.demand(place));
        model.drainRate().waiting(!model.queue().isEmpty(), now);
    }

    /** Ends whatever the request has, and serves who gains by it. */
    void endQuietly(String requestId) {
        ServedModel left = waiting.get(requestId);
        if (left != null) {
            left.queue().leave(requestId).ifPresent(place -> forgetWaiting(left, place));
            turns.serveAll(left, nowMillis());
            return;
        }
        leases.end(requestId).ifPresent(this::serveAfter);
    }

    void serveAfter(Leases.Grant ended) {
        ended.model().drainRate().released(ended.lease().blocks(), now);
        turns.serve(ended.model(), ended.worker(), nowMillis());
    }

    void learn(Leases.Grant ended, int generatedTokens) {
        Leases.Answer answer = ended.answer();
        if (answer != null) {
            lengths.learn(ended.model().name(), answer.tenant().name(), generatedTokens);
            if (answer.samples() == 1) {
                ended.model().queue().charge(answer.tenant(), generatedTokens - answer.meanTokens());
            }
            counts.answered((int) Math.round(answer.meanTokens()), generatedTokens);
        }
    }

    /** Refuses who waits for workers that are gone, then serves the rest. */
    void giveUpHopeless(ServedModel model) {
        for (Waiting place : model.queue().leaveIf(place -> !model.canEverRun(Place.demand(place)))) {
            forgetWaiting(model, place);
            String message = "the last worker of model " + model.name() + " with room for it is gone";
            refuse(place.request(), Refusals.unavailable(message, rules.retryAfter()));
        }
        turns.serveAll(model, nowMillis());
    }

    void refuse(AdmissionRequest request, Refusal refusal) {
        counts.refused(refusal.reason());
        decisions.add(new Decision.Refused(request.id(), refusal));
    }

    Decision waits(ServedModel model, Waiting place) {
        int position = model.queue().position(place, now);
        return new Decision.Waits(place.request().id(), position, model.waitMillisAt(position, now));
    }

    long retryAfter(ServedModel model, long blocks) {
        return rules.retryAfter()
                .millis(model.queue().blocks() + blocks, model.drainRate().blocksPerSecond(now));
    }

    List<Decision> taken() {
        List<Decision> taken = decisions;
        decisions = new ArrayList<>();
        return taken;
    }

    double nowMillis() {
        return now / Admission.NANOS_PER_MILLI;
    }

    ServedModel model(String name) {
        return Objects.requireNonNull(models.get(name), name);
    }
}
