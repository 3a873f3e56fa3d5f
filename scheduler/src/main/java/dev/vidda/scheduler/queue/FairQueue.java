package dev.vidda.scheduler.queue;

import dev.vidda.protocol.Capacity;
import dev.vidda.protocol.Tenant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * The requests of one model that wait for room: fair between tenants, in order of arrival within each, but for those whose
 * first token can no longer come in time ({@link Lane}).
 *
 * <p>Each tenant has a virtual time: the tokens it was served, divided by its weight, whether it had to wait for them or
 * not. The turn is that of the waiting tenant with the least. Who begins to wait starts no earlier than those who wait
 * already, so nobody saves up turns while idle (virtual token counters: Sheng et al., arXiv 2401.00588). While two
 * tenants wait, their virtual times differ by no more than their largest requests, so neither starves.
 *
 * <p>As long as the line is calm, nobody having waited for long, who came first goes first, of whatever tenant: everybody's
 * demand is served soon, and to let some wait longer would help no one. What tenants get then is counted as ever, so when
 * the line gets long, those go first who got less.
 */
public final class FairQueue {
    /** Tenants that do not wait are forgotten beyond this number; they would begin anew like anyone else. */
    private static final int MOST_IDLE_TENANTS = 1_024;

    private static final Comparator<TenantLine> BY_TURN = (one, other) -> {
        int order = Double.compare(one.virtualTime(), other.virtualTime());
        return order != 0 ? order : one.name().compareTo(other.name());
    };

    /** Short beside the second that people wait for a first token, and long beside the ups and downs of a line. */
    private static final long CALM_NANOS = TimeUnit.MILLISECONDS.toNanos(750);

    private static final Comparator<TenantLine> BY_ARRIVAL = (one, other) -> {
        int order = Waiting.BY_DUE_TIME.compare(one.head(), other.head());
        return order != 0 ? order : one.name().compareTo(other.name());
    };

    private final Map<String, TenantLine> tenants = new HashMap<>();
    private final TreeSet<TenantLine> turns = new TreeSet<>(BY_TURN);
    private final TreeSet<TenantLine> arrivals = new TreeSet<>(BY_ARRIVAL);
    private final Map<String, Waiting> byId = new LinkedHashMap<>();
    /** Those that are on time, in the order in which they become late. */
    private final TreeSet<Waiting> ageing = new TreeSet<>(Waiting.BY_LATENESS);

    private long joined;
    private long blocks;
    private long lateBlocks;
    private double virtualTime;

    public int size() {
        return byId.size();
    }

    public boolean isEmpty() {
        return byId.isEmpty();
    }

    /** Blocks that all who wait need together. */
    public long blocks() {
        return blocks;
    }

    /** Blocks that those need who come before one that joins now, as far as they are of one tenant and class. */
    public long blocksAhead(long nowNanos) {
        age(nowNanos);
        long onTime = blocks - lateBlocks;
        return onTime + Math.min(lateBlocks, onTime / (Lane.LATE_SHARE - 1));
    }

    public Optional<Waiting> find(String requestId) {
        return Optional.ofNullable(byId.get(requestId));
    }

    /**
     * Puts a request in its place.
     *
     * @throws IllegalStateException if it waits already
     */
    public void join(Waiting waiting) {
        if (byId.putIfAbsent(waiting.request().id(), waiting) != null) {
            throw new IllegalStateException(waiting.request().id() + " waits already");
        }
        waiting.number(joined++);
        TenantLine line = tenant(waiting.request().tenant());
        if (line.size() == 0) {
            line.virtualTime(Math.max(line.virtualTime(), leastTime()));
        } else {
            takeOut(line);
        }
        line.add(waiting);
        putIn(line);
        if (waiting.becomesLate()) {
            ageing.add(waiting);
        }
        blocks += waiting.blocks();
    }

    /** Takes a request out that is not served. */
    public Optional<Waiting> leave(String requestId) {
        Waiting waiting = byId.remove(requestId);
        if (waiting == null) {
            return Optional.empty();
        }
        TenantLine line = tenant(waiting.request().tenant());
        takeOut(line);
        line.remove(waiting);
        ageing.remove(waiting);
        blocks -= waiting.blocks();
        lateBlocks -= waiting.isLate() ? waiting.blocks() : 0;
        if (line.size() > 0) {
            putIn(line);
        }
        return Optional.of(waiting);
    }

    /** Puts those behind who became late meanwhile. */
    private void age(long nowNanos) {
        while (!ageing.isEmpty() && ageing.first().lateAtNanos() <= nowNanos) {
            Waiting late = ageing.pollFirst();
            TenantLine line = tenant(late.request().tenant());
            takeOut(line);
            line.becomesLate(late);
            lateBlocks += late.blocks();
            putIn(line);
        }
    }

    private void takeOut(TenantLine line) {
        turns.remove(line);
        arrivals.remove(line);
    }

    private void putIn(TenantLine line) {
        line.noteHead();
        turns.add(line);
        arrivals.add(line);
    }

    /** Takes a request out that is served. */
    public void serve(Waiting waiting) {
        TenantLine line = tenant(waiting.request().tenant());
        virtualTime = Math.max(virtualTime, line.virtualTime());
        line.takesTurn(waiting);
        leave(waiting.request().id());
    }

    /** A tenant is served so many tokens; fewer than none when it got less than it was charged for. */
    public void charge(Tenant tenant, double tokens) {
        TenantLine line = tenant(tenant);
        boolean waits = turns.remove(line);
        line.charge(tokens);
        if (waits) {
            turns.add(line);
        } else if (turns.isEmpty()) {
            // What is had while nobody waits is nobody's loss, and not held against anyone later.
            virtualTime = Math.max(virtualTime, line.virtualTime());
        }
    }

    /** Whether nobody has waited for long. */
    private boolean isCalm(long nowNanos) {
        return byId.isEmpty() || nowNanos - byId.values().iterator().next().sinceNanos() < CALM_NANOS;
    }

    /**
     * The first requests in the order in which they are to be served.
     *
     * @param mostTenants whose requests are looked at
     * @param mostEach requests of each of them
     */
    public List<Waiting> first(int mostTenants, int mostEach, long nowNanos) {
        age(nowNanos);
        List<Waiting> order = new ArrayList<>(Math.min(byId.size(), mostTenants * mostEach));
        int seen = 0;
        for (TenantLine line : isCalm(nowNanos) ? arrivals : turns) {
            if (seen++ == mostTenants) {
                break;
            }
            line.addFirst(mostEach, order);
        }
        return order;
    }

    /** Whether a request that waits is among the first of its tenant; if not, {@link #first} does not name it either. */
    public boolean isAmongFirst(Waiting waiting, int mostEach, long nowNanos) {
        age(nowNanos);
        return tenant(waiting.request().tenant()).isAmongFirst(mostEach, waiting);
    }

    /**
     * What {@link #first} would give if a request joined now, after some like it had joined and been served. All stays as it
     * is.
     */
    public List<Waiting> firstWith(Waiting next, int served, int mostTenants, int mostEach, long nowNanos) {
        age(nowNanos);
        boolean isCalm = isCalm(nowNanos);
        next.number(joined);
        Tenant tenant = next.request().tenant();
        TenantLine known = tenants.get(tenant.name());
        TenantLine line = known == null ? new TenantLine(tenant.name(), tenant.weight()) : known;
        List<TenantLine> lines = new ArrayList<>();
        lines.add(line.with(next, leastTime(), served, mostEach));
        lines.getFirst().noteHead();
        for (TenantLine other : isCalm ? arrivals : turns) {
            if (lines.size() > mostTenants) {
                break;
            }
            if (!other.name().equals(line.name())) {
                lines.add(other);
            }
        }
        lines.sort(isCalm ? BY_ARRIVAL : BY_TURN);
        List<Waiting> order = new ArrayList<>();
        lines.stream().limit(mostTenants).forEach(each -> each.addFirst(mostEach, order));
        return order;
    }

    /** Takes those out that {@code hopeless} names, and returns them. */
    public List<Waiting> leaveIf(Predicate<Waiting> hopeless) {
        List<Waiting> left = byId.values().stream().filter(hopeless).toList();
        List<Waiting> ordered = new ArrayList<>(left);
        ordered.sort(Waiting.BY_DUE_TIME);
        ordered.forEach(waiting -> leave(waiting.request().id()));
        return ordered;
    }

    /** How many are likely to be served before one that waits, when all tenants get their shares. */
    public int position(Waiting waiting, long nowNanos) {
        age(nowNanos);
        TenantLine line = tenant(waiting.request().tenant());
        int position = amongAll(line, line.before(waiting), turnWeights());
        waiting.told(position, nowNanos);
        return position;
    }

    /** Those whose clients want to know how far they came, with their positions. */
    public List<Moved> moved(long nowNanos, long quietNanos) {
        age(nowNanos);
        List<Moved> moved = new ArrayList<>();
        double weights = turnWeights();
        for (TenantLine line : turns) {
            line.positions((waiting, before) -> {
                int position = amongAll(line, before, weights);
                if (waiting.tell(position, nowNanos, quietNanos)) {
                    moved.add(new Moved(waiting, position));
                }
            });
        }
        return moved;
    }

    /** A request that came nearer to its turn. */
    public record Moved(Waiting waiting, int position) {}

    private int amongAll(TenantLine line, int before, double weights) {
        double shared = before * weights / line.weight();
        return (int) Math.min(byId.size() - 1.0, Math.max(before, Math.rint(shared)));
    }

    private double turnWeights() {
        double sum = 0;
        for (TenantLine line : turns) {
            sum += line.weight();
        }
        return sum;
    }

    /** What each tenant has and got, by name. */
    public List<Capacity.TenantShare> shares() {
        return tenants.values().stream()
                .sorted(Comparator.comparing(TenantLine::name))
                .map(line -> new Capacity.TenantShare(
                        line.name(), line.weight(), line.size(), Math.max(0, Math.round(line.served()))))
                .toList();
    }

    private TenantLine tenant(Tenant tenant) {
        TenantLine line = tenants.get(tenant.name());
        if (line == null) {
            forgetIdle();
            line = new TenantLine(tenant.name(), tenant.weight());
            line.virtualTime(leastTime());
            tenants.put(tenant.name(), line);
        } else if (line.weight() != tenant.weight()) {
            line.weight(tenant.weight());
        }
        return line;
    }

    private double leastTime() {
        return turns.isEmpty() ? virtualTime : turns.first().virtualTime();
    }

    private void forgetIdle() {
        if (tenants.size() - turns.size() >= MOST_IDLE_TENANTS) {
            tenants.values().removeIf(line -> line.size() == 0 && line.virtualTime() <= virtualTime);
        }
    }

    /**
     * Counts everything again; for tests.
     *
     * @throws IllegalStateException if the counts are wrong
     */
    public void checkIntegrity() {
        long sum = byId.values().stream().mapToLong(Waiting::blocks).sum();
        int lines = tenants.values().stream().mapToInt(TenantLine::size).sum();
        boolean turnsRight = turns.size()
                == tenants.values().stream().filter(line -> line.size() > 0).count();
        long late = byId.values().stream()
                .filter(Waiting::isLate)
                .mapToLong(Waiting::blocks)
                .sum();
        long toAge = byId.values().stream()
                .filter(one -> one.becomesLate() && !one.isLate())
                .count();
        if (late != lateBlocks || toAge != ageing.size()) {
            throw new IllegalStateException("%d blocks for the late, %d become late; counted %d and %d"
                    .formatted(lateBlocks, ageing.size(), late, toAge));
        }
        if (sum != blocks || lines != byId.size() || !turnsRight) {
            throw new IllegalStateException("%d wait for %d blocks; counted %d in lines for %d blocks"
                    .formatted(byId.size(), sum, lines, blocks));
        }
    }
}
