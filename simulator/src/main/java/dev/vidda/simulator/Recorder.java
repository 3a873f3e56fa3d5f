package dev.vidda.simulator;

import java.util.ArrayList;
import java.util.List;

/** Writes down what happens in a run, for its {@link Outcome}. */
final class Recorder {
    private final List<Outcome.Moment> moments = new ArrayList<>();
    private long preemptions;
    private long preemptedTokens;
    private long computedTokens;
    private long steps;
    private long endNanos;
    private long endedTokens;

    void ended(SimRequest request) {
        endedTokens += request.outputTokens;
    }

    void sample(long nanos, SimWorker[] workers, int waiting) {
        long used = 0;
        long total = 0;
        for (SimWorker worker : workers) {
            used += worker.totals().usedBlocks();
            total += worker.card().kvBlocks();
        }
        moments.add(new Outcome.Moment(nanos / 1e9, (double) used / total, waiting, endedTokens));
    }

    /** A worker died: what it counted stays. */
    void lost(SimWorker worker) {
        count(worker.totals());
    }

    void finished(long nanos, SimWorker[] workers) {
        endNanos = nanos;
        for (SimWorker worker : workers) {
            count(worker.totals());
        }
    }

    private void count(SimWorker.Totals totals) {
        preemptions += totals.preemptions();
        preemptedTokens += totals.preemptedTokens();
        computedTokens += totals.computedTokens();
        steps += totals.steps();
    }

    Outcome outcome(Trace trace, String policy, Slo slo) {
        return Outcome.of(
                trace,
                policy,
                slo,
                new Outcome.Work(steps, computedTokens, preemptions, preemptedTokens, endNanos / 1e9),
                moments);
    }
}
