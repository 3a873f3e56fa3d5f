package dev.vidda.protocol;

import akka.actor.typed.ActorRef;
import java.util.List;

/** What the scheduler is told. */
public sealed interface SchedulerCommand extends Wire {
    /**
     * Asks for room; answered by zero or more {@code Queued} and then one {@code Admitted} or {@code Refused}.
     *
     * <p>The scheduler watches {@code replyTo}: when that actor ends, the request is released. So it must be an actor that
     * lives until the {@link Release}, not that of a single ask. A request asked for again keeps its place when it waits
     * with the same size; else it gives up the lease or place it had.
     */
    record Admit(AdmissionRequest request, ActorRef<AdmissionReply> replyTo) implements SchedulerCommand {}

    /**
     * The client left, or all sequences ended: gives back the lease, or the place in the queue.
     *
     * @param generatedTokens tokens of the longest sample if the model ended it by itself, from which the length of
     *     answers is learned; else -1
     */
    record Release(String requestId, int generatedTokens) implements SchedulerCommand {}

    /**
     * A worker is ready to serve. Sent again every few reports, so that a scheduler that started later learns of it.
     *
     * @param held leases that it serves now
     */
    record RegisterWorker(WorkerCard card, List<Lease> held, ActorRef<WorkerCommand> worker)
            implements SchedulerCommand {
        public RegisterWorker {
            held = List.copyOf(held);
        }
    }

    /** A worker's counters, a few times a second. */
    record Report(WorkerReport report) implements SchedulerCommand {}

    /** What a worker's prefix cache gained and lost. */
    record PrefixesChanged(PrefixChanges changes) implements SchedulerCommand {}

    /** Asks which models have a worker. */
    record ListModels(ActorRef<ModelList> replyTo) implements SchedulerCommand {}

    /** Asks for the state of all workers and queues. */
    record AskCapacity(ActorRef<Capacity> replyTo) implements SchedulerCommand {}

    /** Asks what would become of requests of some shape, without asking for room. */
    record AskFit(FitQuestion question, ActorRef<FitAnswer> replyTo) implements SchedulerCommand {}

    /** Puts other limits in force, at this scheduler until it ends; answered by them. */
    record ChangeLimits(SchedulerLimits limits, ActorRef<SchedulerLimits> replyTo) implements SchedulerCommand {}

    /** Asks for the limits in force. */
    record AskLimits(ActorRef<SchedulerLimits> replyTo) implements SchedulerCommand {}

    /**
     * Are you there? A gateway asks so every fraction of a second, and goes to the next scheduler when no answer comes.
     *
     * @param number comes back in the answer
     */
    record Ping(long number, ActorRef<SchedulerAlive> replyTo) implements SchedulerCommand {}

    /** Forwards {@link WorkerCommand.Drain} to a worker. */
    record DrainWorker(String workerId, long deadlineMillis, ActorRef<WorkerOrderReply> replyTo)
            implements SchedulerCommand {}

    /** Forwards {@link WorkerCommand.Resume} to a worker. */
    record ResumeWorker(String workerId, ActorRef<WorkerOrderReply> replyTo) implements SchedulerCommand {}

    /** Forwards {@link WorkerCommand.FlushPrefixCache} to a worker. */
    record FlushWorker(String workerId, ActorRef<WorkerOrderReply> replyTo) implements SchedulerCommand {}
}
