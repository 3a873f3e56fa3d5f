package dev.vidda.protocol;

import akka.actor.typed.ActorRef;

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

    /** The client left, or all sequences ended: gives back the lease, or the place in the queue. */
    record Release(String requestId) implements SchedulerCommand {}

    /** A worker is ready to serve. Sent again after the scheduler's restart. */
    record RegisterWorker(WorkerCard card, ActorRef<WorkerCommand> worker) implements SchedulerCommand {}

    /** A worker's counters, a few times a second. */
    record Report(WorkerReport report) implements SchedulerCommand {}

    /** Asks which models have a worker. */
    record ListModels(ActorRef<ModelList> replyTo) implements SchedulerCommand {}
}
