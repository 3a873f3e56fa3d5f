package dev.vidda.protocol;

import akka.actor.typed.ActorRef;

/** What a worker is told. */
public sealed interface WorkerCommand extends Wire {
    /** Runs a request; its tokens and its end arrive at {@code gateway} in frames. */
    record Start(GenerationRequest request, Lease lease, ActorRef<TokenFrame> gateway) implements WorkerCommand {}

    /** Ends all sequences of a request; their blocks are free before the next step. No frame follows. */
    record Cancel(String requestId) implements WorkerCommand {}
}
