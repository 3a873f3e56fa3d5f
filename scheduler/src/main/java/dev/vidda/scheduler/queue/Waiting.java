package dev.vidda.scheduler.queue;

import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.Patience;
import java.util.Comparator;

/**
 * A request that waits.
 *
 * <p>Order within a tenant's class is that of the time at which the first token is due, the same for every scheduler:
 * arrival at the gateway plus the target, or plus {@link #SLACK_MILLIS} if there is none. So one that is in a hurry passes
 * others, but none that arrived so much earlier. Requests that do not tell when they arrived come in the order in which this
 * scheduler heard of them.
 */
public class Waiting {
    static final Comparator<Waiting> BY_DUE_TIME = Waiting::compareDue;

    static final Comparator<Waiting> BY_LATENESS = (one, other) -> {
        int order = Long.compare(one.times.lateNanos, other.times.lateNanos);
        return order != 0 ? order : Long.compare(one.number, other.number);
    };

    /** In place of a deadline: it waits as long as it takes. */
    public static final long ENDLESS = Long.MAX_VALUE;

    /** By how much one in a hurry may pass one that is not. */
    static final long SLACK_MILLIS = 10_000;

    private final AdmissionRequest request;
    private final long dueMillis;
    private final int blocks;
    private final double cost;
    private final Times times;
    private boolean late;
    private long number;
    private int passes;
    private int toldPosition;
    private long toldNanos;

    /**
     * A request that is to wait.
     *
     * @param blocks that it needs
     * @param cost tokens that serving it is expected to take
     */
    public Waiting(AdmissionRequest request, int blocks, double cost, Times times) {
        this.request = request;
        this.dueMillis = due(request.patience());
        this.blocks = blocks;
        this.cost = cost;
        this.times = times;
    }

    /**
     * What is known of its times when it joins.
     *
     * @param sinceNanos when it began to wait
     * @param deadlineNanos when it is of no use any more, or {@link #ENDLESS}
     * @param lateNanos when its first token can no longer come in time, or {@link #ENDLESS}: from then on those go first whose can
     */
    public record Times(long sinceNanos, long deadlineNanos, long lateNanos) {}

    private static int compareDue(Waiting one, Waiting other) {
        long arrived = one.request.patience().arrivedAtMillis();
        int order = Long.compare(one.dueMillis, other.dueMillis);
        order = order != 0
                ? order
                : Long.compare(arrived, other.request.patience().arrivedAtMillis());
        order = order != 0 || arrived != 0 ? order : Long.compare(one.number, other.number);
        return order != 0 ? order : one.request.id().compareTo(other.request.id());
    }

    private static long due(Patience patience) {
        long target = patience.ttftTargetMillis() == 0 ? SLACK_MILLIS : patience.ttftTargetMillis();
        long arrived = patience.arrivedAtMillis();
        return arrived == 0 || arrived == Long.MAX_VALUE ? arrived : arrived + Math.min(target, SLACK_MILLIS);
    }

    public AdmissionRequest request() {
        return request;
    }

    public int blocks() {
        return blocks;
    }

    public double cost() {
        return cost;
    }

    public long deadlineNanos() {
        return times.deadlineNanos;
    }

    long sinceNanos() {
        return times.sinceNanos;
    }

    long lateAtNanos() {
        return times.lateNanos;
    }

    /** Whether it is put behind others some time. */
    boolean becomesLate() {
        return times.lateNanos != ENDLESS;
    }

    boolean isLate() {
        return late;
    }

    void becomeLate() {
        late = true;
    }

    /** Times that a later request was admitted because this one did not fit. */
    public int passes() {
        return passes;
    }

    public void pass() {
        passes++;
    }

    void number(long joined) {
        number = joined;
    }

    /**
     * Whether its client wants to know of its position: it came to the front, or at least halved its way, or moved and
     * heard nothing for {@code quietNanos}. Then it counts as told.
     */
    boolean tell(int position, long nowNanos, long quietNanos) {
        boolean moved = position != toldPosition;
        boolean far = position == 0 || position <= toldPosition / 2;
        if (!moved || (!far && nowNanos - toldNanos < quietNanos)) {
            return false;
        }
        told(position, nowNanos);
        return true;
    }

    void told(int position, long nowNanos) {
        toldPosition = position;
        toldNanos = nowNanos;
    }
}
