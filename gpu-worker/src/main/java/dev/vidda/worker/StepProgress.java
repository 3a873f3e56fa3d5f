package dev.vidda.worker;

import java.util.concurrent.atomic.AtomicLong;

/** How far a worker's thread is: written by it, read by an observer on another thread. */
final class StepProgress {
    private final AtomicLong begun = new AtomicLong();
    private final AtomicLong ended = new AtomicLong();

    /** A step begins. */
    void begins() {
        begun.incrementAndGet();
    }

    /** The step has ended. */
    void ends() {
        ended.set(begun.get());
    }

    /** Steps begun so far. */
    long steps() {
        return begun.get();
    }

    /** Whether the last step that began has not ended. */
    boolean isUnderWay() {
        return begun.get() != ended.get();
    }
}
