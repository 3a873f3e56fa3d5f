package dev.vidda.gateway.stream;

import java.util.ArrayList;
import java.util.List;

/**
 * Events on their way from the hub to one stream: what a slow client may keep waiting at most. Thread-safe; the hub
 * never waits in it.
 */
final class EventBuffer {
    private final int capacity;
    private List<StreamEvent> waiting = new ArrayList<>();
    private Runnable wake = () -> {};
    /** Whether the consumer found nothing and has to be woken. */
    private boolean consumerWaits = true;

    private boolean closed;
    private boolean overflowed;

    EventBuffer(int capacity) {
        this.capacity = capacity;
    }

    /** Adds tokens. Returns false, and keeps nothing from then on, if the buffer is full. */
    boolean offer(StreamEvent event) {
        Runnable toWake;
        boolean fits;
        synchronized (this) {
            if (closed) {
                return !overflowed;
            }
            fits = waiting.size() < capacity;
            if (fits) {
                waiting.add(event);
            } else {
                overflowed = true;
                closed = true;
                waiting = new ArrayList<>();
            }
            if (fits && !consumerWaits) {
                return true;
            }
            consumerWaits = false;
            toWake = wake;
        }
        toWake.run();
        return fits;
    }

    /** Adds the last event, for which there is always a place. */
    void end(StreamEvent.Failed event) {
        Runnable toWake;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            waiting.add(event);
            toWake = wake;
        }
        toWake.run();
    }

    /** Drops everything; the stream is over. */
    void close() {
        Runnable toWake;
        synchronized (this) {
            closed = true;
            waiting = new ArrayList<>();
            toWake = wake;
        }
        toWake.run();
    }

    /** Sets what is run, on any thread, whenever there may be something to take. */
    synchronized void onChange(Runnable newWake) {
        wake = newWake;
    }

    /** Takes all that waits. */
    synchronized List<StreamEvent> take() {
        if (waiting.isEmpty()) {
            consumerWaits = true;
            return List.of();
        }
        List<StreamEvent> taken = waiting;
        waiting = new ArrayList<>();
        return taken;
    }

    /** Whether everything was taken and nothing will come. */
    synchronized boolean isFinished() {
        return closed && waiting.isEmpty() && !overflowed;
    }

    /** Whether it was too full once, so that something is lost; the consumer is woken when that happens. */
    synchronized boolean hasOverflowed() {
        return overflowed;
    }
}
