package dev.vidda.gateway.stream;

import akka.actor.typed.ActorRef;
import dev.vidda.protocol.TokenFrame;
import dev.vidda.protocol.WorkerCommand;
import java.io.Closeable;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The workers that a hub has given requests to, by their ids: how far their frames have come, and whether they live. */
final class KnownWorkers implements Closeable {
    /** So many times longer a worker may take for its first word: a process that has done nothing yet has much to load. */
    private static final int FIRST_WORD = 4;

    /** Hears of workers that end. */
    interface Watch {
        /** From now on {@link TokenHub} is to be told when {@code worker} dies. */
        void begin(String workerId, ActorRef<WorkerCommand> worker);

        /** The process of {@code worker} has ended. Called on any thread. */
        void ended(String workerId, ActorRef<WorkerCommand> worker);
    }

    private record Known(ActorRef<WorkerCommand> worker, WorkerFrames frames, Lifeline lifeline) {}

    private final Watch watch;
    private final Map<String, Known> workers = new HashMap<>();

    KnownWorkers(Watch watch) {
        this.watch = watch;
    }

    /** Whom {@code worker} replaces: one that started anew is another one under the same id. */
    Optional<ActorRef<WorkerCommand>> replacedBy(String workerId, ActorRef<WorkerCommand> worker) {
        return Optional.ofNullable(workers.get(workerId)).map(Known::worker).filter(known -> !known.equals(worker));
    }

    /** Knows {@code worker} from now on; does nothing if it did. */
    void meet(String workerId, ActorRef<WorkerCommand> worker, long now) {
        if (workers.containsKey(workerId)) {
            return;
        }
        Lifeline lifeline = Lifeline.to(worker, () -> watch.ended(workerId, worker));
        workers.put(workerId, new Known(worker, new WorkerFrames(now), lifeline));
        watch.begin(workerId, worker);
    }

    /** Forgets {@code worker}; returns false if it was not known. */
    boolean lose(String workerId, ActorRef<WorkerCommand> worker) {
        Known known = workers.get(workerId);
        if (known == null || !known.worker().equals(worker)) {
            return false;
        }
        workers.remove(workerId);
        known.lifeline().close();
        return true;
    }

    boolean knows(String workerId) {
        return workers.containsKey(workerId);
    }

    /** Takes a frame of a known worker; returns the number that was expected if frames were lost, or came twice. */
    OptionalLong accept(TokenFrame frame, long now) {
        Known known = workers.get(frame.workerId());
        if (known == null) {
            return OptionalLong.empty();
        }
        long expected = known.frames().expected();
        return known.frames().accept(frame, now) ? OptionalLong.empty() : OptionalLong.of(expected);
    }

    /**
     * Whether the worker of a request has said nothing for too long. The more often the request was moved in vain, the more
     * time it has: maybe nobody is dead, but all are short of processors.
     *
     * @param patience in ticks
     */
    boolean isSilent(OpenRequest request, long patience, long now) {
        Known known = workers.get(request.workerId());
        if (known == null) {
            return false;
        }
        long most = patience * (known.frames().wasHeard() ? 1 : FIRST_WORD) << request.failures();
        return known.frames().silence(request.startedAt(), now) > most;
    }

    /** Watches nobody any more. */
    @Override
    public void close() {
        workers.values().forEach(known -> known.lifeline().close());
        workers.clear();
    }
}
