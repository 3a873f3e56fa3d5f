package dev.vidda.scheduler.placement;

import java.util.TreeMap;

/** The times between two tokens that requests on one worker ask for, in milliseconds; 0 stands for none. */
final class PaceTargets {
    /** In place of a target: nobody asks for any. */
    static final long NONE = Long.MAX_VALUE;

    private final TreeMap<Long, Integer> counts = new TreeMap<>();
    private long strictest = NONE;

    void add(long target) {
        if (target > 0) {
            counts.merge(target, 1, Integer::sum);
            strictest = Math.min(strictest, target);
        }
    }

    void remove(long target) {
        if (target > 0) {
            counts.computeIfPresent(target, (any, count) -> count == 1 ? null : count - 1);
            strictest = counts.isEmpty() ? NONE : counts.firstKey();
        }
    }

    void addAll(PaceTargets other) {
        counts.putAll(other.counts);
        strictest = Math.min(strictest, other.strictest);
    }

    /** The shortest of all and of one more. */
    long strictestWith(long target) {
        return target > 0 ? Math.min(strictest, target) : strictest;
    }
}
