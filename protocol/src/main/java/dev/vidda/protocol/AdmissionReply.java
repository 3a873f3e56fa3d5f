package dev.vidda.protocol;

import akka.actor.typed.ActorRef;

/** The scheduler's answer to {@link SchedulerCommand.Admit}. */
public sealed interface AdmissionReply extends Wire {
    /** There is room: the gateway starts the request on {@code worker}. */
    record Admitted(Lease lease, ActorRef<WorkerCommand> worker) implements AdmissionReply {}

    /**
     * There will be room: the request waits in order.
     *
     * @param position requests in front of it, from 0
     * @param estimatedWaitMillis time until its turn, as far as the rate of the last minute tells; -1 when unknown
     */
    record Queued(String requestId, int position, long estimatedWaitMillis) implements AdmissionReply {}

    /** There is no room for it now or ever. */
    record Refused(String requestId, Refusal refusal) implements AdmissionReply {}

    /** The scheduler that knew of waiting requests is gone and another took its place: ask again for all that wait, in order. */
    record AskAgain() implements AdmissionReply {}
}
