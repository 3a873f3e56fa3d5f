package dev.vidda.gateway.stream;

import akka.actor.typed.ActorRef;
import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.TokenDelta;
import dev.vidda.protocol.WorkerCommand;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The hub's notes on a request it has not seen the end of. */
final class OpenRequest {
    final AdmissionRequest admission;
    final GenerationRequest generation;
    final RequestListener listener;
    private final SequenceProgress progress;
    private @Nullable ActorRef<WorkerCommand> worker;
    private String workerId = "";
    private boolean answered;
    private int ticks;

    OpenRequest(AdmissionRequest admission, GenerationRequest generation, RequestListener listener) {
        this.admission = admission;
        this.generation = generation;
        this.listener = listener;
        this.progress = new SequenceProgress(generation.samples());
    }

    String id() {
        return generation.id();
    }

    /** The worker that runs it; absent while it waits for room. */
    Optional<ActorRef<WorkerCommand>> worker() {
        return Optional.ofNullable(worker);
    }

    String workerId() {
        return workerId;
    }

    void startedOn(ActorRef<WorkerCommand> newWorker, String newWorkerId) {
        answered = true;
        worker = newWorker;
        workerId = newWorkerId;
    }

    void queued() {
        answered = true;
    }

    /** Counts a tick without any answer of the scheduler, and returns how many there were. */
    int silentTick() {
        return answered ? 0 : ++ticks;
    }

    /** Checks that a delta follows on what came before; returns what is wrong with it. */
    Optional<String> check(TokenDelta delta) {
        return progress.accept(
                delta.choice(),
                delta.firstIndex(),
                delta.tokens().size(),
                delta.finish().isPresent());
    }

    boolean isFinished() {
        return progress.allFinished();
    }
}
