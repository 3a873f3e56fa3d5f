package dev.vidda.simulator;

import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.FitAnswer;
import dev.vidda.protocol.FitQuestion;
import dev.vidda.protocol.Patience;
import dev.vidda.protocol.PrefixChanges;
import dev.vidda.protocol.WorkerCard;
import dev.vidda.protocol.WorkerReport;
import dev.vidda.protocol.kv.BlockHash;
import dev.vidda.scheduler.admission.Admission;
import dev.vidda.scheduler.admission.AdmissionRules;
import dev.vidda.scheduler.admission.Decision;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Vidda's own scheduler: the very classes that run in a cluster. */
final class ViddaPolicy implements Policy {
    private static final long MILLI = 1_000_000;

    private final Admission admission;
    private final Slo slo;
    private final BlockNames names;
    /** Whether requests say within which time they want their first token, so that hopeless ones are refused. */
    private final boolean tellsTarget;

    private final Map<String, SimRequest> requests = new HashMap<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private final Set<String> waiting = new HashSet<>();

    /** Names the full blocks of a request's tokens as the workers do. */
    interface BlockNames {
        List<BlockHash> of(SimRequest request);
    }

    ViddaPolicy(AdmissionRules rules, Slo slo, BlockNames names, boolean tellsTarget) {
        this.tellsTarget = tellsTarget;
        this.admission = new Admission(rules);
        this.slo = slo;
        this.names = names;
    }

    @Override
    public void join(int worker, WorkerCard card, long nanos, Sink sink) {
        numbers.put(card.workerId(), worker);
        apply(admission.join(card, List.of(), nanos), sink);
    }

    @Override
    public void leave(int worker, long nanos, Sink sink) {
        apply(admission.leave(WorkerShape.id(worker), nanos), sink);
    }

    @Override
    public void arrive(SimRequest request, long nanos, Sink sink) {
        requests.put(request.id, request);
        long ttft = tellsTarget && request.firstTokenNanos < 0 ? Math.round(slo.ttftMillis()) : 0;
        Patience patience = new Patience(1 + request.arrivalNanos / MILLI, 0, ttft, Math.round(slo.itlMillis()));
        AdmissionRequest asked = new AdmissionRequest(
                request.id,
                Simulation.MODEL,
                request.length(),
                request.maxTokens - request.generated,
                1,
                request.tenant,
                request.serviceClass,
                false,
                patience,
                request.worker < 0 ? List.of() : List.of(WorkerShape.id(request.worker)),
                names.of(request));
        apply(admission.admit(asked, (nanos - request.arrivalNanos) / MILLI, nanos), sink);
    }

    /** What the scheduler says about a request that came now. */
    FitAnswer fit(SimRequest request, long nanos) {
        return admission.fit(
                new FitQuestion(
                        Simulation.MODEL,
                        request.promptTokens,
                        request.maxTokens,
                        1,
                        request.tenant,
                        request.serviceClass,
                        false,
                        tellsTarget ? Math.round(slo.ttftMillis()) : 0,
                        Math.round(slo.itlMillis())),
                nanos);
    }

    @Override
    public void ended(SimRequest request, long nanos, Sink sink) {
        requests.remove(request.id);
        apply(admission.release(request.id, request.outputTokens, nanos), sink);
    }

    @Override
    public void report(int worker, WorkerReport report, PrefixChanges changes, long nanos, Sink sink) {
        if (!admission.prefixes(changes)) {
            throw new IllegalStateException("changes of the prefix cache of worker " + worker + " were lost");
        }
        apply(admission.report(report, nanos), sink);
    }

    @Override
    public void tick(long nanos, Sink sink) {
        apply(admission.tick(nanos), sink);
    }

    @Override
    public long wakeNanos() {
        return admission.wakeNanos();
    }

    @Override
    public void wake(long nanos, Sink sink) {
        apply(admission.wake(nanos), sink);
    }

    @Override
    public int waiting() {
        return waiting.size();
    }

    private void apply(List<Decision> decisions, Sink sink) {
        for (Decision decision : decisions) {
            SimRequest request = requests.get(decision.requestId());
            if (request == null) {
                continue;
            }
            switch (decision) {
                case Decision.Granted granted -> {
                    waiting.remove(request.id);
                    sink.place(
                            request,
                            Objects.requireNonNull(numbers.get(granted.lease().workerId())));
                }
                case Decision.Refused refused -> {
                    requests.remove(request.id);
                    waiting.remove(request.id);
                    sink.refuse(request);
                }
                case Decision.Waits waits -> waiting.add(request.id);
                case Decision.Ended ended -> {
                    // Its worker is gone; it comes again.
                }
            }
        }
    }
}
