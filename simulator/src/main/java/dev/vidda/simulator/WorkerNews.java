package dev.vidda.simulator;

import dev.vidda.protocol.BlockCounts;
import dev.vidda.protocol.Lease;
import dev.vidda.protocol.LeaseChanges;
import dev.vidda.protocol.SequenceCounts;
import dev.vidda.protocol.StepSample;
import dev.vidda.protocol.TokenCounts;
import dev.vidda.protocol.WorkerReport;
import dev.vidda.protocol.WorkerState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What happened on a worker since its last report. */
final class WorkerNews {
    private static final int MOST_SAMPLES = 16;

    private final String workerId;
    private final List<StepSample> samples = new ArrayList<>();
    private final List<Lease> started = new ArrayList<>();
    private final List<String> ended = new ArrayList<>();

    WorkerNews(String workerId) {
        this.workerId = workerId;
    }

    boolean wantsSample() {
        return samples.size() < MOST_SAMPLES;
    }

    void step(StepSample sample) {
        samples.add(sample);
    }

    void started(SimRequest request) {
        started.add(new Lease(request.id, workerId, 1));
    }

    void ended(SimRequest request) {
        ended.add(request.id);
    }

    /** The report, after which nothing new has happened. */
    WorkerReport report(long steps, BlockCounts blocks, SequenceCounts sequences, TokenCounts tokens) {
        WorkerReport report = new WorkerReport(
                workerId,
                steps,
                WorkerState.SERVING,
                blocks,
                sequences,
                tokens,
                samples,
                new LeaseChanges(started, ended),
                Optional.empty());
        samples.clear();
        started.clear();
        ended.clear();
        return report;
    }
}
