package dev.vidda.scheduler.queue;

import dev.vidda.protocol.ServiceClass;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The waiting requests of one tenant, and what it got so far. Its classes share what it gets by their urgency: each
 * class has a virtual time of its own, so that none starves.
 */
final class TenantLine {
    /** Shares of the classes while all of them wait: interactive, standard, batch. */
    private static final double[] URGENCY = {16, 4, 1};

    private static final int NO_LANE = -1;

    private final String name;
    private double weight;
    private double virtualTime;
    private double served;
    private int size;
    private @Nullable Waiting head;
    private final List<Lane> lanes = new ArrayList<>();
    private final double[] laneTimes = new double[URGENCY.length];

    TenantLine(String name, double weight) {
        this.name = name;
        this.weight = weight;
        for (int lane = 0; lane < URGENCY.length; lane++) {
            lanes.add(new Lane());
        }
    }

    String name() {
        return name;
    }

    double weight() {
        return weight;
    }

    void weight(double changed) {
        weight = changed;
    }

    /** Tokens served, divided by the weight; never lower than that of others when it began to wait. */
    double virtualTime() {
        return virtualTime;
    }

    void virtualTime(double time) {
        virtualTime = time;
    }

    double served() {
        return served;
    }

    int size() {
        return size;
    }

    /** The request whose turn it was when {@link #noteHead} was called last. */
    Waiting head() {
        return Objects.requireNonNull(head);
    }

    /** Keeps in mind whose turn it is, for an order that must not change by itself. */
    void noteHead() {
        int lane = laneAfter(NO_LANE);
        head = lane == NO_LANE ? null : lanes.get(lane).first();
    }

    void add(Waiting waiting) {
        int lane = lane(waiting);
        if (lanes.get(lane).isEmpty()) {
            laneTimes[lane] = Math.max(laneTimes[lane], leastLaneTime());
        }
        lanes.get(lane).add(waiting);
        size++;
    }

    /**
     * A line like this one that another request has joined after {@code served} others like it were served.
     *
     * @param start its virtual time at least, if nobody waits here
     * @param most requests of each class that are kept
     */
    TenantLine with(Waiting next, double start, int served, int most) {
        TenantLine copy = new TenantLine(name, weight);
        copy.virtualTime = (size == 0 ? Math.max(virtualTime, start) : virtualTime) + served * next.cost() / weight;
        for (int lane = 0; lane < URGENCY.length; lane++) {
            copy.laneTimes[lane] = laneTimes[lane];
            copy.lanes.set(lane, lanes.get(lane).copy(most, lane == lane(next) ? served : 0));
            copy.size += copy.lanes.get(lane).size();
        }
        copy.add(next);
        copy.laneTimes[lane(next)] += served * next.cost() / URGENCY[lane(next)];
        return copy;
    }

    boolean remove(Waiting waiting) {
        boolean was = lanes.get(lane(waiting)).remove(waiting);
        size -= was ? 1 : 0;
        return was;
    }

    /** It got so many tokens; fewer than none if it got less than was expected. */
    void charge(double tokens) {
        virtualTime += tokens / weight;
        served += tokens;
    }

    /** One that waits here is late from now on. */
    void becomesLate(Waiting waiting) {
        lanes.get(lane(waiting)).becomesLate(waiting);
    }

    /** A request that waits here has its turn, and so has its class. */
    void takesTurn(Waiting waiting) {
        lanes.get(lane(waiting)).takesTurn(waiting);
        laneTimes[lane(waiting)] += waiting.cost() / URGENCY[lane(waiting)];
    }

    /** Adds its first requests to {@code order}, in the order in which they are to be served. */
    void addFirst(int most, List<Waiting> order) {
        int left = most;
        for (int lane = laneAfter(NO_LANE); lane != NO_LANE && left > 0; lane = laneAfter(lane)) {
            Iterator<Waiting> waiting = lanes.get(lane).inOrder();
            for (; left > 0 && waiting.hasNext(); left--) {
                order.add(waiting.next());
            }
        }
    }

    /** Whether {@link #addFirst} would add this request, which waits here. */
    boolean isAmongFirst(int most, Waiting waiting) {
        int own = lane(waiting);
        int left = most;
        for (int lane = laneAfter(NO_LANE); lane != NO_LANE && lane != own; lane = laneAfter(lane)) {
            left -= lanes.get(lane).size();
        }
        Iterator<Waiting> first = lanes.get(own).inOrder();
        for (; left > 0 && first.hasNext(); left--) {
            if (first.next() == waiting) {
                return true;
            }
        }
        return false;
    }

    /** The lane with requests whose turn comes after that of another one; the first one after {@link #NO_LANE}. */
    private int laneAfter(int before) {
        int next = NO_LANE;
        for (int lane = 0; lane < URGENCY.length; lane++) {
            boolean comesAfter = before == NO_LANE
                    || laneTimes[lane] > laneTimes[before]
                    || (laneTimes[lane] == laneTimes[before] && lane > before);
            if (comesAfter && !lanes.get(lane).isEmpty() && (next == NO_LANE || laneTimes[lane] < laneTimes[next])) {
                next = lane;
            }
        }
        return next;
    }

    /** Calls for each request with how many of this tenant are likely to be served before it. */
    void positions(PositionConsumer consumer) {
        for (int lane = 0; lane < URGENCY.length; lane++) {
            int index = 0;
            for (Iterator<Waiting> each = lanes.get(lane).inOrder(); each.hasNext(); index++) {
                consumer.accept(each.next(), before(lane, index));
            }
        }
    }

    /** How many of this tenant are likely to be served before one that waits here. */
    int before(Waiting waiting) {
        int lane = lane(waiting);
        return before(lane, lanes.get(lane).before(waiting));
    }

    private int before(int own, int index) {
        int before = index;
        for (int lane = 0; lane < URGENCY.length; lane++) {
            if (lane != own) {
                double meanwhile = (index + 1) * URGENCY[lane] / URGENCY[own];
                before += (int) Math.min(lanes.get(lane).size(), meanwhile);
            }
        }
        return before;
    }

    private double leastLaneTime() {
        double least = Double.MAX_VALUE;
        for (int lane = 0; lane < URGENCY.length; lane++) {
            least = lanes.get(lane).isEmpty() ? least : Math.min(least, laneTimes[lane]);
        }
        return least == Double.MAX_VALUE ? 0 : least;
    }

    private static int lane(Waiting waiting) {
        ServiceClass serviceClass = waiting.request().serviceClass();
        return switch (serviceClass) {
            case INTERACTIVE -> 0;
            case STANDARD -> 1;
            case BATCH -> 2;
        };
    }

    /** Takes a request and its place. */
    interface PositionConsumer {
        void accept(Waiting waiting, int before);
    }
}
