package dev.vidda.worker;

import akka.actor.typed.ActorRef;
import dev.vidda.protocol.WorkerCard;
import dev.vidda.protocol.WorkerCommand;

/** What whoever started a worker hears of it: progress while it loads, then {@code Ready}, and {@code Failed} if it ends by an error. */
public sealed interface WorkerEvent {
    /** Bytes of weights loaded so far. */
    record Loading(String workerId, long loadedBytes, long totalBytes) implements WorkerEvent {}

    /** It serves. The scheduler has been told. */
    record Ready(WorkerCard card, ActorRef<WorkerCommand> worker) implements WorkerEvent {}

    /** Loading or a step went wrong: its requests have been failed, its memory is free, and it has stopped. */
    record Failed(String workerId, String message) implements WorkerEvent {}
}
