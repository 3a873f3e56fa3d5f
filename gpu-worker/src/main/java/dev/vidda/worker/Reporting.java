package dev.vidda.worker;

import akka.actor.typed.ActorRef;
import dev.vidda.protocol.BlockCounts;
import dev.vidda.protocol.DeviceHealth;
import dev.vidda.protocol.PrefixChanges;
import dev.vidda.protocol.SchedulerCommand;
import dev.vidda.protocol.SequenceCounts;
import dev.vidda.protocol.TokenCounts;
import dev.vidda.protocol.TokenFrame;
import dev.vidda.protocol.WorkerCard;
import dev.vidda.protocol.WorkerCommand;
import dev.vidda.protocol.WorkerReport;
import dev.vidda.protocol.WorkerState;
import dev.vidda.protocol.kv.BlockHash;
import dev.vidda.worker.engine.Engine;
import dev.vidda.worker.engine.EngineStats;
import dev.vidda.worker.kv.CacheChanges;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a worker tells every scheduler of itself: its card and its leases now and then, its counters at intervals and when
 * much changed, and what its prefix cache gained and lost.
 */
final class Reporting {
    /** A scheduler that restarted under its old address learns of this worker within so many reports. */
    private static final int REPORTS_PER_REGISTRATION = 8;
    /** Such a share of the pool gained or lost is reported at once. */
    private static final double MUCH = 0.1;
    /** Keeps a message well below what one between nodes may have. */
    private static final int MOST_HASHES = 1024;

    private final ActorRef<WorkerCommand> worker;
    private final WorkerCard card;
    private final Engine engine;
    private final Streams<ActorRef<TokenFrame>> streams;
    private final CacheChanges cacheChanges;
    /** Each scheduler with the number of the next message about prefixes to it. */
    private final Map<ActorRef<SchedulerCommand>, Long> schedulers = new LinkedHashMap<>();

    /** For the thread that says that this one hangs. */
    private volatile List<ActorRef<SchedulerCommand>> audience = List.of();

    private volatile WorkerReport lastReport;

    private final StepSamples samples = new StepSamples();
    private Optional<DeviceHealth> health = Optional.empty();
    private boolean draining;
    private WorkerState reportedState = WorkerState.SERVING;
    private int reports;
    private int reportedBlocks;

    Reporting(ActorRef<WorkerCommand> worker, WorkerCard card, Engine engine, Streams<ActorRef<TokenFrame>> streams) {
        this.worker = worker;
        this.card = card;
        this.engine = engine;
        this.streams = streams;
        cacheChanges = engine.watchPrefixCache();
        lastReport = WorkerReport.idle(card.workerId());
    }

    /** These are all schedulers there are; new ones hear of the worker at once. */
    void schedulers(Set<ActorRef<SchedulerCommand>> now) {
        sendCacheChanges();
        schedulers.keySet().retainAll(now);
        audience = List.copyOf(now);
        for (ActorRef<SchedulerCommand> scheduler : now) {
            if (!schedulers.containsKey(scheduler)) {
                register(scheduler);
                schedulers.put(scheduler, 0L);
                send(scheduler, engine.cachedPrefixes(), List.of());
            }
        }
    }

    /** A scheduler lost count of the prefixes. */
    void sendAllPrefixes(ActorRef<SchedulerCommand> scheduler) {
        sendCacheChanges();
        if (schedulers.containsKey(scheduler)) {
            schedulers.put(scheduler, 0L);
            List<BlockHash> all = engine.cachedPrefixes();
            if (all.isEmpty()) {
                sendOne(scheduler, all, List.of());
            }
            send(scheduler, all, List.of());
        }
    }

    /** Whether the worker takes nothing new. */
    void draining(boolean now) {
        draining = now;
        report();
    }

    /** An interval has passed. */
    void due() {
        if (++reports % REPORTS_PER_REGISTRATION == 0) {
            schedulers.keySet().forEach(this::register);
        }
        report();
    }

    /** A step was read, which took from {@code began} to {@code ended} nanoseconds. */
    void stepped(long began, long ended) {
        samples.add(engine.lastStep(), began, ended, engine.hasWork());
        if (Math.abs(engine.stats().usedBlocks() - reportedBlocks) >= MUCH * card.kvBlocks()
                || state() != reportedState) {
            report();
        }
    }

    /** What the device's sensors say. */
    void health(DeviceHealth now) {
        health = Optional.of(now);
    }

    /** Says that the worker takes nothing more and has lost what it had. May be called by any thread, when its own one hangs. */
    void hangs() {
        WorkerReport last = lastReport;
        SchedulerCommand report = new SchedulerCommand.Report(new WorkerReport(
                card.workerId(),
                last.step(),
                WorkerState.DRAINED,
                last.blocks(),
                SequenceCounts.NONE,
                last.tokens(),
                List.of(),
                streams.takeChanges(),
                last.health()));
        audience.forEach(scheduler -> scheduler.tell(report));
    }

    private void register(ActorRef<SchedulerCommand> scheduler) {
        scheduler.tell(new SchedulerCommand.RegisterWorker(card, streams.held(), worker));
    }

    private WorkerState state() {
        if (!draining) {
            return WorkerState.SERVING;
        }
        return engine.hasWork() ? WorkerState.DRAINING : WorkerState.DRAINED;
    }

    private void report() {
        EngineStats stats = engine.stats();
        reportedBlocks = stats.usedBlocks();
        reportedState = state();
        WorkerReport report = new WorkerReport(
                card.workerId(),
                stats.steps(),
                reportedState,
                new BlockCounts(stats.usedBlocks(), stats.cachedBlocks(), stats.swappedBlocks()),
                new SequenceCounts(stats.running(), stats.waiting(), stats.preemptions(), engine.pendingTokens()),
                new TokenCounts(stats.computedTokens(), stats.cachedTokens(), stats.generatedTokens()),
                samples.take(),
                streams.takeChanges(),
                health);
        lastReport = report;
        SchedulerCommand command = new SchedulerCommand.Report(report);
        schedulers.keySet().forEach(scheduler -> scheduler.tell(command));
        sendCacheChanges();
    }

    private void sendCacheChanges() {
        CacheChanges.Changes changes = cacheChanges.take();
        schedulers.keySet().forEach(scheduler -> send(scheduler, changes.added(), changes.evicted()));
    }

    private void send(ActorRef<SchedulerCommand> scheduler, List<BlockHash> added, List<BlockHash> evicted) {
        for (List<BlockHash> some : pieces(evicted)) {
            sendOne(scheduler, List.of(), some);
        }
        for (List<BlockHash> some : pieces(added)) {
            sendOne(scheduler, some, List.of());
        }
    }

    private void sendOne(ActorRef<SchedulerCommand> scheduler, List<BlockHash> added, List<BlockHash> evicted) {
        long number = schedulers.merge(scheduler, 1L, Long::sum) - 1;
        scheduler.tell(
                new SchedulerCommand.PrefixesChanged(new PrefixChanges(card.workerId(), number, added, evicted)));
    }

    private static List<List<BlockHash>> pieces(List<BlockHash> all) {
        List<List<BlockHash>> pieces = new ArrayList<>();
        for (int from = 0; from < all.size(); from += MOST_HASHES) {
            pieces.add(all.subList(from, Math.min(all.size(), from + MOST_HASHES)));
        }
        return pieces;
    }
}
