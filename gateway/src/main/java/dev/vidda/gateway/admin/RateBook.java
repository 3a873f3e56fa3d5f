package dev.vidda.gateway.admin;

import dev.vidda.protocol.Capacity;
import dev.vidda.protocol.StepSample;
import dev.vidda.protocol.WorkerReport;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Learns rates from workers' counters, seen again and again. Not thread-safe. */
final class RateBook {
    private static final long WINDOW_NANOS = Duration.ofSeconds(5).toNanos();
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double MICROS_PER_MILLI = 1e3;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Map<String, Track> tracks = new HashMap<>();

    /** A worker's counters at a moment. */
    private record Sight(long nanos, WorkerReport report) {}

    /** What was seen of one worker: at least one sight, the newest last. */
    private static final class Track {
        private final Deque<Sight> sights = new ArrayDeque<>();
        private long movedAt;
    }

    /** Takes what the scheduler says now, and returns the rates of all its workers. */
    Map<String, WorkerRates> observe(Capacity capacity, long nanos) {
        Map<String, WorkerReport> reports = capacity.workers().stream()
                .collect(Collectors.toMap(worker -> worker.card().workerId(), Capacity.WorkerCapacity::report));
        tracks.keySet().retainAll(reports.keySet());
        Map<String, WorkerRates> rates = new HashMap<>();
        reports.forEach((id, report) -> {
            Track track = tracks.computeIfAbsent(id, unseen -> new Track());
            add(track, new Sight(nanos, report));
            rates.put(id, rates(track));
        });
        return rates;
    }

    private static void add(Track track, Sight sight) {
        Deque<Sight> sights = track.sights;
        boolean restarted = !sights.isEmpty()
                && sights.getLast().report().step() > sight.report().step();
        if (restarted) {
            sights.clear();
        }
        if (sights.isEmpty()
                || sights.getLast().report().step() != sight.report().step()) {
            track.movedAt = sight.nanos();
        }
        sights.addLast(sight);
        while (sights.size() > 2 && sight.nanos() - sights.getFirst().nanos() > WINDOW_NANOS) {
            sights.removeFirst();
        }
    }

    private static WorkerRates rates(Track track) {
        Sight first = track.sights.getFirst();
        Sight last = track.sights.getLast();
        double seconds = (last.nanos() - first.nanos()) / NANOS_PER_SECOND;
        double stepMicros = last.report().samples().stream()
                .mapToLong(StepSample::micros)
                .average()
                .orElse(0);
        long generated =
                last.report().tokens().generated() - first.report().tokens().generated();
        long computed =
                last.report().tokens().computed() - first.report().tokens().computed();
        return new WorkerRates(
                seconds > 0 ? generated / seconds : 0,
                seconds > 0 ? computed / seconds : 0,
                stepMicros / MICROS_PER_MILLI,
                (last.nanos() - track.movedAt) / NANOS_PER_MILLI);
    }
}
