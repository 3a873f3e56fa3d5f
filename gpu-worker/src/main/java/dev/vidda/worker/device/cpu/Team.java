package dev.vidda.worker.device.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A fixed set of threads that share out the chunks of one task at a time: the calling thread and {@code threads - 1}
 * others, which spin for a while between tasks before they park. Nothing is allocated per task.
 *
 * <p>Chunks go to whoever asks first, so a thread that the operating system keeps waiting holds nobody up: the caller
 * never waits for a thread that has taken no chunk. The state is one word, the task's number and the next chunk, so a
 * late thread cannot take a chunk of another task.
 */
final class Team implements AutoCloseable {
    /** A task of several chunks, each run exactly once. */
    interface Task {
        /** @param thread the running thread's number, from 0 to {@link #threads()} - 1 */
        void run(int chunk, int thread);
    }

    private static final int SPINS = 20_000;
    private static final Task NOTHING = (chunk, thread) -> {};

    private final Thread[] others;
    private final AtomicLong state = new AtomicLong();
    private final AtomicInteger done = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile Task task = NOTHING;
    private volatile int chunks;
    private volatile boolean closed;
    private volatile int parked;

    Team(int threads) {
        others = new Thread[threads - 1];
        for (int i = 0; i < others.length; i++) {
            int number = i + 1;
            others[i] =
                    Thread.ofPlatform().name("vidda-cpu-" + number).daemon(true).unstarted(() -> serve(number));
        }
        for (Thread thread : others) {
            thread.start();
        }
    }

    int threads() {
        return others.length + 1;
    }

    /**
     * Runs all chunks of {@code newTask} and returns when they are done; then throws what a chunk threw, if one did. Called
     * by one thread only.
     */
    void run(int count, Task newTask) {
        if (count <= 1 || others.length == 0) {
            for (int chunk = 0; chunk < count; chunk++) {
                newTask.run(chunk, 0);
            }
            return;
        }
        long number = (state.get() >>> 32) + 1;
        // No chunk can be taken while the task changes.
        state.set((number - 1) << 32 | Integer.MAX_VALUE);
        done.set(0);
        task = newTask;
        chunks = count;
        state.set(number << 32);
        if (parked > 0) {
            for (Thread thread : others) {
                LockSupport.unpark(thread);
            }
        }
        takeChunks(number, 0);
        awaitDone(count);
        rethrow(failure.getAndSet(null));
    }

    private static void rethrow(@Nullable Throwable thrown) {
        if (thrown instanceof RuntimeException exception) {
            throw exception;
        }
        if (thrown instanceof Error error) {
            throw error;
        }
    }

    private void awaitDone(int count) {
        int idle = 0;
        while (done.get() < count) {
            if (++idle % SPINS == 0) {
                Thread.yield();
            } else {
                Thread.onSpinWait();
            }
        }
    }

    /** Runs chunks of task {@code number} for as long as there are any. */
    private void takeChunks(long number, int thread) {
        while (true) {
            Task current = task;
            int count = chunks;
            long seen = state.get();
            int chunk = (int) seen;
            if (seen >>> 32 != number || chunk >= count) {
                return;
            }
            if (state.compareAndSet(seen, seen + 1)) {
                runChunk(current, chunk, thread);
            }
        }
    }

    private void runChunk(Task current, int chunk, int thread) {
        try {
            current.run(chunk, thread);
        } catch (RuntimeException | Error e) {
            failure.compareAndSet(null, e);
        } finally {
            done.incrementAndGet();
        }
    }

    private void serve(int thread) {
        long finished = 0;
        int idle = 0;
        while (!closed) {
            long number = state.get() >>> 32;
            if (number != finished) {
                takeChunks(number, thread);
                finished = number;
                idle = 0;
            } else if (++idle < SPINS) {
                Thread.onSpinWait();
            } else {
                parkUntilAfter(finished);
                idle = 0;
            }
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // guarded by this
    private void parkUntilAfter(long finished) {
        synchronized (this) {
            parked++;
        }
        while (!closed && state.get() >>> 32 == finished) {
            LockSupport.park(this);
        }
        synchronized (this) {
            parked--;
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Thread thread : others) {
            LockSupport.unpark(thread);
        }
        for (Thread thread : others) {
            join(thread);
        }
    }

    private static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
