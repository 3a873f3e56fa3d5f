package dev.vidda.gateway.stream;

import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Which of several schedulers is asked: the first one that lives and knows workers, in an order that all gateways agree on. One
 * that (re)appears in front of the present one takes over only when it has lived for a while, and knows as many workers. Not
 * thread-safe.
 *
 * @param <S> a scheduler
 */
final class SchedulerChoice<S> {
    private final long silence;
    private final long probation;
    private final TreeMap<S, Life> schedulers;
    private Optional<S> active = Optional.empty();

    /** When a scheduler was first heard in its present life, and last; how many workers it knew then. */
    private static final class Life {
        boolean heard;
        int workers;
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

    void heard(S scheduler, int workers, long now) {
        Life life = schedulers.get(scheduler);
        if (life == null) {
            return;
        }
        if (!lives(life, now)) {
            life.since = now;
        }
        life.heard = true;
        life.workers = workers;
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
        Optional<Life> present = active.map(schedulers::get).filter(life -> lives(life, now));
        active = present.isPresent() ? firstBefore(present.get(), now) : first(now);
        return active;
    }

    /** The first that may take over from the present one, which is among them. */
    private Optional<S> firstBefore(Life present, long now) {
        return firstOf(life -> life == present
                || (lives(life, now) && now - life.since >= probation && life.workers >= present.workers));
    }

    private Optional<S> first(long now) {
        return firstOf(life -> lives(life, now) && life.workers > 0).or(() -> firstOf(life -> lives(life, now)));
    }

    private Optional<S> firstOf(Predicate<Life> condition) {
        return schedulers.entrySet().stream()
                .filter(each -> condition.test(each.getValue()))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private boolean lives(Life life, long now) {
        return life.heard && now - life.last <= silence;
    }
}
