package dev.vidda.worker.device;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Counts the bytes a device has handed out and not got back, by purpose. Safe to read from any thread. */
public final class LiveBytes {
    private final Map<Purpose, AtomicLong> counters = new EnumMap<>(Purpose.class);

    public LiveBytes() {
        for (Purpose purpose : Purpose.values()) {
            counters.put(purpose, new AtomicLong());
        }
    }

    public long of(Purpose purpose) {
        return counter(purpose).get();
    }

    public long total() {
        return counters.values().stream().mapToLong(AtomicLong::get).sum();
    }

    void add(Purpose purpose, long bytes) {
        counter(purpose).addAndGet(bytes);
    }

    private AtomicLong counter(Purpose purpose) {
        AtomicLong counter = counters.get(purpose);
        if (counter == null) {
            throw new IllegalStateException("no counter of " + purpose);
        }
        return counter;
    }

    @Override
    public String toString() {
        return counters.toString();
    }
}
