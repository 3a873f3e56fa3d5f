package dev.vidda.gateway.stream;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which of several schedulers is asked: the first one that lives, in an order that all gateways agree on. One that (re)appears
 * in front of the present one takes over only when it has lived for a while, so that it knows the workers. Not thread-safe.
 *
 * @param <S> a scheduler
 */
final class SchedulerChoice<S> {
    private final long silence;
    private final long probation;
    private final TreeMap<S, Life> schedulers;
    private Optional<S> active = Optional.empty();

    /** When a scheduler was first heard in its present life, and last. */
    private static final class Life {
        boolean heard;
        long since;
        long last;
    }

    /**
     * Knows of no scheduler yet.
     *
     * @param silence ticks after which one that says nothing is not asked any more
     * @param probation ticks that one must live before it takes over from one behind it
     */
    SchedulerChoice(Comparator<? super S> order, long silence, long probation) {
        this.silence = silence;
        this.probation = probation;
        schedulers = new TreeMap<>(order);
    }

    /** These are all schedulers there are. */
    void known(Set<S> now) {
        schedulers.keySet().retainAll(new HashSet<>(now));
        now.forEach(scheduler -> schedulers.computeIfAbsent(scheduler, unheard -> new Life()));
    }

    Set<S> all() {
        return schedulers.keySet();
    }

    void heard(S scheduler, long now) {
        Life life = schedulers.get(scheduler);
        if (life == null) {
            return;
        }
        if (!lives(life, now)) {
            life.since = now;
        }
        life.heard = true;
        life.last = now;
    }

    /** Forgets that it was heard: it is dead until it says something. */
    void lost(S scheduler) {
        Life life = schedulers.get(scheduler);
        if (life != null) {
            life.heard = false;
        }
    }

    /** The one to ask at this time, if any lives. */
    Optional<S> active(long now) {
        Map<S, Life> living = new HashMap<>();
        for (Map.Entry<S, Life> each : schedulers.entrySet()) {
            if (lives(each.getValue(), now)) {
                living.put(each.getKey(), each.getValue());
            }
        }
        boolean keep = active.isPresent() && living.containsKey(active.get());
        for (S scheduler : schedulers.keySet()) {
            Life life = living.get(scheduler);
            if (life != null && (!keep || now - life.since >= probation || scheduler.equals(active.orElseThrow()))) {
                active = Optional.of(scheduler);
                return active;
            }
        }
        active = Optional.empty();
        return active;
    }

    private boolean lives(Life life, long now) {
        return life.heard && now - life.last <= silence;
    }
}
