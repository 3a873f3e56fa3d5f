package dev.vidda.worker;

import akka.actor.typed.ActorRef;
import dev.vidda.protocol.WorkerCard;
import dev.vidda.worker.constraint.Constraints;
import dev.vidda.worker.engine.Engine;
import dev.vidda.worker.step.ModelRunner;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;

/** Loads a worker's model, and says what the worker has to offer then. */
final class WorkerStart {
    private WorkerStart() {}

    /** The engine of a loaded model; empty if it cannot be loaded, which {@code events} has heard by then. */
    static Optional<Engine> load(WorkerSpec spec, ActorRef<WorkerEvent> events, Logger log) {
        String id = spec.workerId();
        try {
            ModelRunner runner =
                    spec.loader().load((done, total) -> events.tell(new WorkerEvent.Loading(id, done, total)));
            runner.notes().forEach(note -> log.info("Worker {}: {}", id, note));
            return Optional.of(engine(runner, spec));
        } catch (Exception | LinkageError e) {
            log.debug("Worker {} cannot load {}", id, spec.model(), e);
            events.tell(new WorkerEvent.Failed(id, "cannot load " + spec.model() + ": " + describe(e)));
            return Optional.empty();
        }
    }

    private static Engine engine(ModelRunner runner, WorkerSpec spec) {
        try {
            return new Engine(runner, spec.model(), spec.settings().engine(), new Constraints(spec.vocabulary()));
        } catch (RuntimeException e) {
            runner.close();
            throw e;
        }
    }

    static WorkerCard card(WorkerSpec spec, ModelRunner runner) {
        return new WorkerCard(
                spec.workerId(),
                spec.model(),
                runner.device(),
                runner.maxModelLength(),
                runner.kvShape(),
                runner.kvBlocks(),
                spec.settings().engine().maxBatchSequences(),
                runner.memory(),
                Optional.ofNullable(WorkerStart.class.getPackage().getImplementationVersion())
                        .orElse("development"),
                Instant.now().getEpochSecond());
    }

    /** An error in one line. */
    static String describe(Throwable error) {
        return error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
    }
}
