package dev.vidda.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;

/** Sends prompts at a pace and collects what became of them. One run, one object. */
final class LoadRun {
    private final StreamingClient client;
    private final IntFunction<Prompt> prompts;
    private final Pace pace;
    private final int maxTokens;
    private final Queue<Outcome> outcomes = new ConcurrentLinkedQueue<>();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicLong tokens = new AtomicLong();
    private volatile boolean interrupted;
    private volatile int leftOut;

    /** @param prompts the prompt of each request, numbered from 0 */
    LoadRun(StreamingClient client, IntFunction<Prompt> prompts, Pace pace, int maxTokens) {
        this.client = client;
        this.prompts = prompts;
        this.pace = pace;
        this.maxTokens = maxTokens;
    }

    /**
     * Starts all requests and waits for the last to end. When this thread is interrupted, it starts no more, gives up those under
     * way, and returns what became of the others.
     */
    List<Outcome> run() {
        try (ExecutorService streams = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                for (Future<Void> each : start(streams)) {
                    await(each);
                }
            } catch (InterruptedException e) {
                leftOut = running.get();
                interrupted = true;
                streams.shutdownNow();
            }
        }
        return List.copyOf(outcomes);
    }

    /** How many requests were given up because the run was interrupted; empty if it was not. */
    OptionalInt leftOut() {
        return interrupted ? OptionalInt.of(leftOut) : OptionalInt.empty();
    }

    private List<Future<Void>> start(ExecutorService streams) throws InterruptedException {
        long start = System.nanoTime();
        long deadline = start + pace.duration().map(Duration::toNanos).orElse(Long.MAX_VALUE / 2);
        int most = pace.requests().orElse(Integer.MAX_VALUE);
        RandomGenerator arrivals = pace.arrivals();
        Semaphore free = new Semaphore(pace.concurrency());
        List<Future<Void>> sent = new ArrayList<>();
        long due = start;
        for (int index = 0; index < most; index++) {
            if (pace.rate().isPresent()) {
                due += pace.nextGapNanos(index, arrivals);
                sleepUntil(Math.min(due, deadline));
            }
            free.acquire();
            if (System.nanoTime() >= deadline) {
                break;
            }
            int next = index;
            sent.add(streams.<Void>submit(() -> {
                try {
                    send(next);
                } finally {
                    free.release();
                }
                return null;
            }));
        }
        return sent;
    }

    int running() {
        return running.get();
    }

    long tokens() {
        return tokens.get();
    }

    long ended(Outcome.State state) {
        return outcomes.stream().filter(outcome -> outcome.state() == state).count();
    }

    int ended() {
        return outcomes.size();
    }

    private void send(int index) throws InterruptedException {
        running.incrementAndGet();
        try {
            Prompt prompt = prompts.apply(index);
            Outcome outcome = client.send(prompt, pace.abandonAfter(index, maxTokens), tokens::addAndGet);
            if (!interrupted || outcome.isComplete()) {
                outcomes.add(outcome);
            }
        } finally {
            running.decrementAndGet();
        }
    }

    /** An outcome tells of every failure of a server; an exception is one of ours. */
    private static void await(Future<Void> sent) throws InterruptedException {
        try {
            sent.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a request ended without an outcome", e.getCause());
        }
    }

    private static void sleepUntil(long nanos) throws InterruptedException {
        long left = nanos - System.nanoTime();
        if (left > 0) {
            Thread.sleep(Duration.ofNanos(left));
        }
    }
}
