package dev.vidda.scheduler.admission;

import dev.vidda.protocol.Capacity;
import dev.vidda.protocol.WorkerCard;
import dev.vidda.protocol.WorkerReport;
import dev.vidda.protocol.WorkerState;
import dev.vidda.protocol.kv.KvCost;
import dev.vidda.scheduler.ledger.Account;
import dev.vidda.scheduler.ledger.Claim;
import dev.vidda.scheduler.placement.Work;
import dev.vidda.scheduler.placement.WorkerLoad;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A worker as admission sees it: what it has, what is promised of it, what it has to do, and for whom it is kept free. */
final class Worker {
    /**
     * One that finds so much of its prompt here does not wait for its pace: it costs those who decode here a step or two,
     * while its whole prompt would cost others many.
     */
    private static final double AT_HOME = 0.5;

    /** How it is there, by when it was heard of last. */
    enum Presence {
        HEARD,
        /** Gets nothing new. */
        QUIET,
        /** Is as one that left. */
        MISSING
    }

    private final WorkerCard card;
    private final int number;
    private final Account account;
    private final WorkerLoad load;
    private WorkerReport report;
    private boolean serving;
    private long heardNanos;
    private Presence presence = Presence.HEARD;
    private boolean tellsLeases;
    private @Nullable Demand reservedFor;

    Worker(WorkerCard card, int number, Account account, WorkerLoad load, long nowNanos) {
        this.card = card;
        this.number = number;
        this.account = account;
        this.load = load;
        this.report = WorkerReport.idle(card.workerId());
        this.serving = report.state() == WorkerState.SERVING;
        this.heardNanos = nowNanos;
        noteCacheRoom();
    }

    private void noteCacheRoom() {
        int free = card.kvBlocks() - report.blocks().used() - report.blocks().cached();
        load.cacheRoom((double) free * card.kvShape().blockTokens());
    }

    WorkerCard card() {
        return card;
    }

    String id() {
        return card.workerId();
    }

    /** A small number that tells it apart from the model's other workers. */
    int number() {
        return number;
    }

    Account account() {
        return account;
    }

    WorkerLoad load() {
        return load;
    }

    WorkerReport report() {
        return report;
    }

    /** Takes note of a report; says how many more sequences were preempted than at the last one. */
    long heard(WorkerReport latest, long nowNanos) {
        long before = report.sequences().preemptions();
        long after = latest.sequences().preemptions();
        report = latest;
        serving = report.state() == WorkerState.SERVING;
        heard(nowNanos);
        tellsLeases |=
                !latest.leases().started().isEmpty() || !latest.leases().ended().isEmpty();
        return Math.max(0, after - before);
    }

    /** Learns from the report heard last, when the leases that it names have been counted. */
    void learn(double nowMillis) {
        load.report(report, nowMillis);
        noteCacheRoom();
    }

    /** It gave a sign of life. */
    void heard(long nowNanos) {
        heardNanos = nowNanos;
        presence = Presence.HEARD;
    }

    /** Time passed; returns whether it is there in another way now. */
    boolean listen(Silence silence, long nowNanos) {
        Presence before = presence;
        long silent = nowNanos - heardNanos;
        if (silent >= silence.missing().toNanos()) {
            presence = Presence.MISSING;
        } else if (silent >= silence.quiet().toNanos()) {
            presence = Presence.QUIET;
        }
        return presence != before;
    }

    Presence presence() {
        return presence;
    }

    /** Whether it reports which leases it serves. */
    boolean tellsLeases() {
        return tellsLeases;
    }

    void tellsLeases(boolean any) {
        tellsLeases |= any;
    }

    /** Whether it does, now or as soon as it is heard of again. */
    boolean takesRequests() {
        return serving && presence != Presence.MISSING;
    }

    /** Whether it does now. */
    boolean takesRequestsNow() {
        return takesRequests() && presence == Presence.HEARD;
    }

    /** The waiting request for which it takes no other, until that one fits. */
    @Nullable
    Demand reservedFor() {
        return reservedFor;
    }

    void reserveFor(@Nullable Demand demand) {
        reservedFor = demand;
    }

    /** Whether the request would fit if the worker had nothing else. */
    boolean canEverRun(Demand demand) {
        return demand.tokens() <= card.maxModelLength()
                && demand.claim(card.kvShape()).mostBlocks() <= card.kvBlocks();
    }

    /** Whether it may be given the request, room or not. */
    boolean isOpenTo(Demand demand) {
        return takesRequestsNow() && (reservedFor == null || reservedFor == demand);
    }

    /** Whether the request runs here now without harm to anyone; an idle worker takes whatever it can hold. */
    boolean fits(Demand demand, Work work, double nowMillis, long pendingMillis) {
        return fits(
                demand,
                work,
                new State(account.freeFor(demand.claim(card.kvShape()), 0), account.leases(), load),
                nowMillis,
                pendingMillis);
    }

    /** The same for another state of it. */
    boolean fits(Demand demand, Work work, State state, double nowMillis, long pendingMillis) {
        if (!hasBlocks(demand.claim(card.kvShape()), state.freeBlocks)) {
            return false;
        }
        return state.leases == 0
                || (state.load.sequences() + work.sequences() <= card.maxSequences()
                        && state.load.waitMillis(work.computedTokens(), nowMillis)
                                <= state.load.mostWaitMillis(work, pendingMillis)
                        && (isAtHome(work) || !demand.waitsForPace() || state.load.keepsPace(work)));
    }

    /** Whether there are blocks enough for it if its whole beginning is shared: if not, it does not fit. */
    boolean canHaveBlocks(Demand demand) {
        Claim claim = demand.claim(card.kvShape());
        return claim.leastBlocks() <= account.freeFor(claim, 0);
    }

    private static boolean isAtHome(Work work) {
        return work.savedTokens() >= AT_HOME * work.promptTokens();
    }

    /** Most claims are too large or small enough whatever is shared, which need not be looked up then. */
    private boolean hasBlocks(Claim claim, int free) {
        return claim.blocks() <= free || (claim.leastBlocks() <= free && account.needed(claim) <= free);
    }

    /** What {@link #fits} depends on. */
    record State(int freeBlocks, int leases, WorkerLoad load) {}

    Capacity.WorkerCapacity capacity(long nowNanos) {
        long longest = Math.min(card.maxModelLength(), KvCost.longestContext(card.kvShape(), account.free()));
        return new Capacity.WorkerCapacity(
                card,
                report,
                TimeUnit.NANOSECONDS.toMillis(nowNanos - heardNanos),
                account.committed(),
                account.most(),
                account.leases(),
                takesRequests() ? longest : 0);
    }
}
