package dev.vidda.simulator;

import dev.vidda.protocol.FitAnswer;
import dev.vidda.protocol.PrefixChanges;
import dev.vidda.protocol.WorkerCard;
import dev.vidda.protocol.WorkerReport;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

import static java.util.Comparator.comparingLong;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Is "fits now" right? A cluster is under random load around what it can take; of some requests it is asked first, and
 * they come up to five milliseconds later, when other requests have come and gone.
 */
final class FitIsRightTest {
    private static final long MILLI = 1_000_000;
    private static final int ASKED_ONE_IN = 8;

    @Test
    void whatFitsNowIsAdmittedAtOnceAndWhatNeverFitsIsNot() {
        Counts counts = new Counts();
        for (long seed = 1; seed <= 4; seed++) {
            play(
                    TraceKind.SHAREGPT,
                    WorkerShape.h200Qwen3With4B().withBlocks(1_000),
                    4,
                    80 + 10.0 * seed,
                    seed,
                    counts);
            play(TraceKind.TENANTS, WorkerShape.h200Qwen3With4B().withBlocks(1_000), 4, 80 + 10.0 * seed, seed, counts);
            play(TraceKind.LONG, WorkerShape.h200Qwen3With4B().withBlocks(6_000), 4, 20 + 5.0 * seed, seed, counts);
            play(TraceKind.AGENTS, WorkerShape.h200Qwen3With4B().withBlocks(4_000), 4, 50 + 10.0 * seed, seed, counts);
        }
        assertThat(counts.asked).as("%s", counts).isGreaterThanOrEqualTo(200);
        assertThat(counts.fits).as("both answers were given: %s", counts).isBetween(100, counts.asked - 100);
        assertThat(counts.fitsAndAdmitted).as("%s", counts).isGreaterThanOrEqualTo((int) Math.ceil(0.95 * counts.fits));
        assertThat(counts.fitsAndAdmitted)
                .as("of those admitted at once: %s", counts)
                .isGreaterThanOrEqualTo((int) Math.ceil(0.95 * counts.admitted));
        assertThat(counts.never).as("%s", counts).isPositive();
        assertThat(counts.neverAndAdmitted).as("%s", counts).isZero();
    }

    private static void play(TraceKind kind, WorkerShape shape, int workers, double rate, long seed, Counts counts) {
        Trace trace = new TraceGenerator(seed, rate, 12, workers, AgentShape.SHORT).generate(kind);
        Simulator simulator = new Simulator(shape, workers, seed, Slo.USUAL, Simulator.usualLimits(), false);
        Asking policy = new Asking(simulator.vidda(seed % 2 == 0), seed, counts);
        new Simulation(
                        withTooLarge(trace, shape),
                        policy,
                        workers,
                        number -> new CoarseWorker(number, shape, null),
                        new Recorder(),
                        60_000 * MILLI)
                .run();
    }

    /** One in fifty is larger than any pool. */
    private static Trace withTooLarge(Trace trace, WorkerShape shape) {
        List<SimRequest> requests = new ArrayList<>();
        for (SimRequest request : trace.requests()) {
            boolean tooLarge = request.number % 50 == 1;
            int prompt = tooLarge ? shape.kvBlocks() * 16 + request.number : request.promptTokens;
            requests.add(new SimRequest(
                    request.number,
                    request.arrivalNanos,
                    new SimRequest.Shape(
                            prompt,
                            request.outputTokens,
                            request.maxTokens,
                            request.tenant,
                            request.serviceClass,
                            request.text)));
        }
        return new Trace(trace.name(), requests, trace.failures());
    }

    private static final class Counts {
        int asked;
        int fits;
        int admitted;
        int fitsAndAdmitted;
        int never;
        int neverAndAdmitted;

        @Override
        public String toString() {
            return ("%d asked; %d \"fits now\", of which %d were admitted at once; %d admitted at once, of which %d were"
                            + " said to fit; %d \"never fits\", of which %d were admitted")
                    .formatted(asked, fits, fitsAndAdmitted, admitted, fitsAndAdmitted, never, neverAndAdmitted);
        }
    }

    /** Vidda's scheduler, asked before some of the requests come. */
    private static final class Asking implements Policy {
        private final ViddaPolicy policy;
        private final SplittableRandom random;
        private final Counts counts;
        private final PriorityQueue<Late> late = new PriorityQueue<>(comparingLong(Late::nanos));

        /** A request that comes at a time, after an answer about it. */
        private record Late(long nanos, SimRequest request, FitAnswer answer) {}

        Asking(ViddaPolicy policy, long seed, Counts counts) {
            this.policy = policy;
            this.random = new SplittableRandom(seed);
            this.counts = counts;
        }

        @Override
        public void arrive(SimRequest request, long nanos, Sink sink) {
            if (random.nextInt(ASKED_ONE_IN) == 0 || request.number % 50 == 1) {
                long delay = random.nextLong(5 * MILLI);
                late.add(new Late(nanos + delay, request, policy.fit(request, nanos)));
            } else {
                policy.arrive(request, nanos, sink);
            }
        }

        private void arriveLate(long nanos, Sink sink) {
            while (!late.isEmpty() && late.peek().nanos() <= nanos) {
                Late next = late.remove();
                boolean[] admitted = {false};
                policy.arrive(next.request(), nanos, new Sink() {
                    @Override
                    public void place(SimRequest request, int worker) {
                        admitted[0] |= request == next.request();
                        sink.place(request, worker);
                    }

                    @Override
                    public void refuse(SimRequest request) {
                        sink.refuse(request);
                    }
                });
                count(next.answer(), admitted[0]);
            }
        }

        private void count(FitAnswer answer, boolean admitted) {
            if (answer.fitEmpty() == 0) {
                counts.never++;
                counts.neverAndAdmitted += admitted ? 1 : 0;
                return;
            }
            counts.asked++;
            counts.fits += answer.fitNow() > 0 ? 1 : 0;
            counts.admitted += admitted ? 1 : 0;
            counts.fitsAndAdmitted += answer.fitNow() > 0 && admitted ? 1 : 0;
        }

        @Override
        public long wakeNanos() {
            return late.isEmpty()
                    ? policy.wakeNanos()
                    : Math.min(policy.wakeNanos(), late.peek().nanos());
        }

        @Override
        public void wake(long nanos, Sink sink) {
            arriveLate(nanos, sink);
            if (policy.wakeNanos() <= nanos) {
                policy.wake(nanos, sink);
            }
        }

        @Override
        public void join(int worker, WorkerCard card, long nanos, Sink sink) {
            policy.join(worker, card, nanos, sink);
        }

        @Override
        public void leave(int worker, long nanos, Sink sink) {
            policy.leave(worker, nanos, sink);
        }

        @Override
        public void ended(SimRequest request, long nanos, Sink sink) {
            policy.ended(request, nanos, sink);
        }

        @Override
        public void report(int worker, WorkerReport report, PrefixChanges changes, long nanos, Sink sink) {
            policy.report(worker, report, changes, nanos, sink);
        }

        @Override
        public void tick(long nanos, Sink sink) {
            policy.tick(nanos, sink);
        }
    }
}
