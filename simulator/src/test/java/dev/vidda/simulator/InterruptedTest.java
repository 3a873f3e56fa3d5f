package dev.vidda.simulator;

import dev.vidda.protocol.PrefixChanges;
import dev.vidda.protocol.WorkerCard;
import dev.vidda.protocol.WorkerReport;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class InterruptedTest {
    private static final WorkerShape SHAPE = WorkerShape.h200Qwen3With4B();
    private static final int ENDED = 50;

    private static final Simulator SIMULATOR = new Simulator(SHAPE, 4, 7, Slo.USUAL, Simulator.usualLimits(), false);

    /** Sends all to one worker, and interrupts its thread when so many requests have ended. */
    private static final class Interrupting implements Policy {
        private int ended;

        @Override
        public void join(int worker, WorkerCard card, long nanos, Sink sink) {}

        @Override
        public void leave(int worker, long nanos, Sink sink) {}

        @Override
        public void arrive(SimRequest request, long nanos, Sink sink) {
            sink.place(request, 0);
        }

        @Override
        public void ended(SimRequest request, long nanos, Sink sink) {
            if (++ended == ENDED) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void report(int worker, WorkerReport report, PrefixChanges changes, long nanos, Sink sink) {}

        @Override
        public int waiting() {
            return 0;
        }
    }

    @Test
    void whatHadEndedIsReportedAndNothingElse() {
        Trace trace = new TraceGenerator(7, 40, 20, 1, AgentShape.USUAL).generate(TraceKind.SHAREGPT);
        Recorder recorder = new Recorder();
        Simulation simulation = new Simulation(
                trace,
                new Interrupting(),
                1,
                number -> new CoarseWorker(number, SHAPE, null),
                recorder,
                Duration.ofMinutes(2).toNanos());

        assertThat(simulation.run()).isFalse();
        assertThat(Thread.interrupted()).as("it stays interrupted").isTrue();
        Outcome outcome = recorder.outcome(trace.ended(), "one", Slo.USUAL).asInterrupted();
        assertThat(outcome.requests())
                .isBetween(ENDED, ENDED + 20)
                .isLessThan(trace.requests().size());
        assertThat(outcome.ended()).isEqualTo(outcome.requests());
        assertThat(TextReport.of(List.of(outcome))).endsWith("interrupted\n");
        assertThat(JsonReport.of(List.of(outcome))).contains("\"interrupted\": true");
        assertThat(HtmlReport.of(List.of(outcome))).contains("one, interrupted");
    }

    @Test
    void nothingIsMeasuredWithoutRequestsAndThatIsNotZero() {
        Thread.currentThread().interrupt();
        Outcome nothing = SIMULATOR.run(TraceKind.SHAREGPT, "vidda", 40, 20);
        GoodputSearch.Goodput found = new GoodputSearch(SIMULATOR, TraceKind.SHAREGPT, 20, 0.1).of("vidda", 40);
        assertThat(Thread.interrupted()).isTrue();

        assertThat(nothing.requests()).isZero();
        assertThat(found.interrupted()).isTrue();
        assertThat(TextReport.of(List.of(nothing))).containsPattern("vidda +0 +- +0 +- +- +- +- +- .*interrupted\n");
        assertThat(JsonReport.of(List.of(nothing))).contains("\"ttft_ms\": {\"p50\": null, \"p90\": null");
        assertThat(HtmlReport.of(List.of(nothing)))
                .contains("<td>0</td><td>-</td>")
                .doesNotContain("NaN");
    }
}
