package dev.vidda.scheduler.queue;

import java.util.Iterator;
import java.util.TreeSet;

/**
 * The waiting requests of one class of a tenant: those that can have their first token in time go before those that
 * cannot, since serving all in order of arrival makes all late as soon as there is a little too much of them. What a network
 * does to packets, and servers to requests, in the same place: Maurer, Fail at Scale, ACM Queue 2015.
 *
 * <p>Nobody starves: while both wait, every {@link #LATE_SHARE}th turn is that of the late one that came first. So one
 * before which {@code n} others came has its turn among the next {@code (n + 1) * LATE_SHARE} of its lane, whatever comes
 * later. If it does not fit then, it stays first until it or another late one is served.
 */
final class Lane {
    /** Of so many turns one is that of the late: enough that they move, and few enough that they do not make others late. */
    static final int LATE_SHARE = 32;

    private final TreeSet<Waiting> onTime = new TreeSet<>(Waiting.BY_DUE_TIME);
    private final TreeSet<Waiting> late = new TreeSet<>(Waiting.BY_DUE_TIME);
    /** Turns since that of a late one. */
    private int turns;

    int size() {
        return onTime.size() + late.size();
    }

    boolean isEmpty() {
        return onTime.isEmpty() && late.isEmpty();
    }

    void add(Waiting waiting) {
        (waiting.isLate() ? late : onTime).add(waiting);
    }

    boolean remove(Waiting waiting) {
        return (waiting.isLate() ? late : onTime).remove(waiting);
    }

    /** One that waits here, on time until now, is late from now on. */
    void becomesLate(Waiting waiting) {
        onTime.remove(waiting);
        waiting.becomeLate();
        late.add(waiting);
    }

    /** One that still waits here has its turn. */
    void takesTurn(Waiting waiting) {
        turns = waiting.isLate() ? 0 : turns(1);
    }

    /** Turns since that of a late one, after some more of others; none are counted while no late one waits. */
    private int turns(int more) {
        return late.isEmpty() ? 0 : Math.min(LATE_SHARE - 1, turns + more);
    }

    /** A lane with the first requests of this one, after so many turns of others that are on time. */
    Lane copy(int most, int more) {
        Lane copy = new Lane();
        onTime.stream().limit(most).forEach(copy.onTime::add);
        late.stream().limit(most).forEach(copy.late::add);
        copy.turns = turns(more);
        return copy;
    }

    /** Whose turn it is. */
    Waiting first() {
        return inOrder().next();
    }

    /** Those that wait here, in the order of their turns if nobody comes. */
    Iterator<Waiting> inOrder() {
        Iterator<Waiting> first = onTime.iterator();
        Iterator<Waiting> second = late.iterator();
        return new Iterator<>() {
            private int since = turns;

            @Override
            public boolean hasNext() {
                return first.hasNext() || second.hasNext();
            }

            @Override
            public Waiting next() {
                boolean isLatesTurn = second.hasNext() && (since >= LATE_SHARE - 1 || !first.hasNext());
                since = isLatesTurn ? 0 : since + 1;
                return (isLatesTurn ? second : first).next();
            }
        };
    }

    /** How many of this lane have their turns before one that waits here, if nobody comes. */
    int before(Waiting waiting) {
        TreeSet<Waiting> own = waiting.isLate() ? late : onTime;
        int index =
                own.last() == waiting ? own.size() - 1 : own.headSet(waiting).size();
        return waiting.isLate() ? beforeLate(index) : beforeOnTime(index);
    }

    private int beforeOnTime(int index) {
        return index + Math.min(late.size(), (turns + index) / (LATE_SHARE - 1));
    }

    private int beforeLate(int index) {
        return index + Math.min(onTime.size(), (LATE_SHARE - 1) * (index + 1) - turns);
    }
}
