package dev.vidda.gateway.http;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** How far this node has come with starting. Thread-safe. */
final class StartProgress {
    private final LongSupplier nanoClock;
    private final long begunAt;
    private volatile State state = new State("starting", 0, 0, false);

    /**
     * At one moment.
     *
     * @param done whether it served once; it never becomes false again
     */
    record State(String phase, long loadedBytes, long totalBytes, boolean done) {}

    StartProgress(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.begunAt = nanoClock.getAsLong();
    }

    synchronized void loading(long loadedBytes, long totalBytes) {
        String phase = loadedBytes < totalBytes ? "loading weights" : "preparing";
        state = new State(phase, loadedBytes, totalBytes, state.done());
    }

    synchronized void serving() {
        if (!state.done()) {
            state = new State("serving", state.loadedBytes(), state.totalBytes(), true);
        }
    }

    State state() {
        return state;
    }

    double elapsedSeconds() {
        return TimeUnit.NANOSECONDS.toMillis(nanoClock.getAsLong() - begunAt) / 1e3;
    }
}
