package dev.vidda.worker;

import akka.actor.typed.ActorRef;
import dev.vidda.protocol.BlockCounts;
import dev.vidda.protocol.LeaseChanges;
import dev.vidda.protocol.SchedulerCommand;
import dev.vidda.protocol.SequenceCounts;
import dev.vidda.protocol.TokenCounts;
import dev.vidda.protocol.WorkerCard;
import dev.vidda.protocol.WorkerCommand;
import dev.vidda.protocol.WorkerReport;
import dev.vidda.protocol.WorkerState;
import dev.vidda.worker.engine.Engine;
import dev.vidda.worker.engine.EngineStats;
import java.util.List;
import java.util.Optional;

/** What a worker tells its scheduler of itself: its card now and then, its counters at intervals and when much changed. */
final class Reporting {
    /** A scheduler that restarted under its old address learns of this worker within so many reports. */
    private static final int REPORTS_PER_REGISTRATION = 8;
    /** Such a share of the pool gained or lost is reported at once. */
    private static final double MUCH = 0.1;

    private final ActorRef<SchedulerCommand> scheduler;
    private final ActorRef<WorkerCommand> worker;
    private final WorkerCard card;
    private final Engine engine;
    private int reports;
    private int reportedBlocks;

    Reporting(ActorRef<SchedulerCommand> scheduler, ActorRef<WorkerCommand> worker, WorkerCard card, Engine engine) {
        this.scheduler = scheduler;
        this.worker = worker;
        this.card = card;
        this.engine = engine;
    }

    /** Says that the worker serves, and what it has to offer. */
    void register() {
        scheduler.tell(new SchedulerCommand.RegisterWorker(card, List.of(), worker));
    }

    /** An interval has passed. */
    void due() {
        if (++reports % REPORTS_PER_REGISTRATION == 0) {
            register();
        }
        report();
    }

    /** A step was made. */
    void stepped() {
        if (Math.abs(engine.stats().usedBlocks() - reportedBlocks) >= MUCH * card.kvBlocks()) {
            report();
        }
    }

    private void report() {
        EngineStats stats = engine.stats();
        reportedBlocks = stats.usedBlocks();
        scheduler.tell(new SchedulerCommand.Report(new WorkerReport(
                card.workerId(),
                stats.steps(),
                WorkerState.SERVING,
                new BlockCounts(stats.usedBlocks(), stats.cachedBlocks(), 0),
                new SequenceCounts(stats.running(), stats.waiting(), stats.preemptions()),
                new TokenCounts(stats.computedTokens(), stats.cachedTokens(), stats.generatedTokens()),
                List.of(),
                LeaseChanges.NONE,
                Optional.empty())));
    }
}
