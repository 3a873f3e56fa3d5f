package dev.vidda.simulator;

import dev.vidda.protocol.PrefixChanges;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.IntFunction;

/** Plays a trace on workers under a policy, in virtual time: everything happens in order of time, then of cause. */
final class Simulation implements Policy.Sink, SimWorker.Listener {
    /** The one model that all workers serve. */
    static final String MODEL = "simulated";

    private static final long MILLI = 1_000_000;
    private static final long REPORT_NANOS = 250 * MILLI;
    private static final long TICK_NANOS = 250 * MILLI;
    private static final long SAMPLE_NANOS = 500 * MILLI;

    private final Trace trace;
    private final Policy policy;
    private final IntFunction<SimWorker> maker;
    private final SimWorker[] workers;
    private final boolean[] alive;
    private final long[] armed;
    private final Recorder recorder;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final List<SimRequest> ended = new ArrayList<>();
    private final Set<Integer> touched = new HashSet<>();
    private final long endNanos;
    private long sequence;
    private long wakeAt = Policy.NEVER;
    private long now;
    private int open;

    private enum Kind {
        WORKER,
        ARRIVAL,
        REPORT,
        TICK,
        WAKE,
        SAMPLE,
        FAIL,
        RECOVER
    }

    private record Event(long nanos, long sequence, Kind kind, int number) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(nanos, other.nanos);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }

    /**
     * A run that has not begun.
     *
     * @param count of workers
     * @param maker makes a worker of a number
     * @param drainNanos how long after the last arrival it goes on at most
     */
    Simulation(
            Trace trace, Policy policy, int count, IntFunction<SimWorker> maker, Recorder recorder, long drainNanos) {
        this.trace = trace;
        this.policy = policy;
        this.maker = maker;
        this.recorder = recorder;
        this.workers = new SimWorker[count];
        this.alive = new boolean[count];
        this.armed = new long[count];
        List<SimRequest> requests = trace.requests();
        this.endNanos = drainNanos + (requests.isEmpty() ? 0 : requests.getLast().arrivalNanos);
    }

    /**
     * Plays it to its end, or until this thread is interrupted, which it stays.
     *
     * @return whether it came to its end
     */
    boolean run() {
        for (int i = 0; i < workers.length; i++) {
            join(i);
            at(REPORT_NANOS * i / workers.length, Kind.REPORT, i);
        }
        for (Trace.Failure failure : trace.failures()) {
            at(failure.fromNanos(), Kind.FAIL, failure.worker());
            at(failure.untilNanos(), Kind.RECOVER, failure.worker());
        }
        at(TICK_NANOS, Kind.TICK, 0);
        at(0, Kind.SAMPLE, 0);
        open = trace.requests().size();
        arrivalAfter(-1);
        boolean whole = true;
        while (open > 0 && whole) {
            Event event = events.poll();
            if (event == null || event.nanos() > endNanos) {
                break;
            }
            now = event.nanos();
            handle(event);
            settle();
            whole = !Thread.currentThread().isInterrupted();
        }
        recorder.finished(now, workers);
        return whole || open == 0;
    }

    private void handle(Event event) {
        int number = event.number();
        switch (event.kind()) {
            case WORKER -> {
                if (armed[number] == now && alive[number]) {
                    workers[number].advance(now, this);
                    touched.add(number);
                }
            }
            case ARRIVAL -> {
                policy.arrive(trace.requests().get(number), now, this);
                arrivalAfter(number);
            }
            case REPORT -> {
                if (alive[number]) {
                    report(number);
                }
                at(now + REPORT_NANOS, Kind.REPORT, number);
            }
            case TICK -> {
                policy.tick(now, this);
                at(now + TICK_NANOS, Kind.TICK, 0);
            }
            case WAKE -> {
                if (now >= wakeAt) {
                    wakeAt = Policy.NEVER;
                    policy.wake(now, this);
                }
            }
            case SAMPLE -> {
                recorder.sample(now, workers, policy.waiting());
                at(now + SAMPLE_NANOS, Kind.SAMPLE, 0);
            }
            case FAIL -> fail(number);
            case RECOVER -> {
                if (!alive[number]) {
                    join(number);
                }
            }
        }
    }

    /** Tells the policy of what ended, until nothing more follows, and sets the alarms anew. */
    private void settle() {
        while (!ended.isEmpty()) {
            List<SimRequest> batch = List.copyOf(ended);
            ended.clear();
            batch.forEach(request -> policy.ended(request, now, this));
        }
        for (int number : touched) {
            long next = alive[number] ? workers[number].next() : SimWorker.NEVER;
            if (next != SimWorker.NEVER && next != armed[number]) {
                at(next, Kind.WORKER, number);
            }
            armed[number] = next;
        }
        touched.clear();
        long wake = Math.max(policy.wakeNanos(), now + MILLI);
        if (wake < wakeAt && wake < Policy.NEVER) {
            wakeAt = wake;
            at(wakeAt, Kind.WAKE, 0);
        }
    }

    private void report(int number) {
        PrefixChanges changes = workers[number].prefixChanges();
        policy.report(number, workers[number].report(), changes, now, this);
    }

    private void join(int number) {
        workers[number] = maker.apply(number);
        alive[number] = true;
        armed[number] = SimWorker.NEVER;
        policy.join(number, workers[number].card(), now, this);
    }

    private void fail(int number) {
        if (!alive[number]) {
            return;
        }
        alive[number] = false;
        recorder.lost(workers[number]);
        List<SimRequest> lost = workers[number].fail();
        policy.leave(number, now, this);
        for (SimRequest request : lost) {
            request.migrations++;
            policy.arrive(request, now, this);
        }
    }

    @Override
    public void place(SimRequest request, int worker) {
        request.worker = worker;
        workers[worker].start(request, now);
        touched.add(worker);
    }

    @Override
    public void refuse(SimRequest request) {
        request.refused = true;
        request.endNanos = now;
        open--;
    }

    @Override
    public void firstToken(SimRequest request, long nanos) {
        request.firstTokenNanos = nanos;
        policy.firstToken(request);
    }

    @Override
    public void ended(SimRequest request, long nanos) {
        request.endNanos = nanos;
        request.generated = request.outputTokens;
        recorder.ended(request);
        ended.add(request);
        open--;
    }

    private void arrivalAfter(int number) {
        if (number + 1 < trace.requests().size()) {
            at(trace.requests().get(number + 1).arrivalNanos, Kind.ARRIVAL, number + 1);
        }
    }

    private void at(long nanos, Kind kind, int number) {
        events.add(new Event(nanos, sequence++, kind, number));
    }
}
