package dev.vidda.protocol;

import akka.actor.typed.ActorRef;

/** What the node of a worker is told: it is there also while the worker has no model. Found by {@link Services#workerHost}. */
public sealed interface WorkerHostCommand extends Wire {
    /**
     * Has the worker serve another model; the one that it serves is unloaded before.
     *
     * @param model one that the node's configuration names
     * @param deadlineMillis time that running requests get to end; 0 to hand them over at once
     */
    record Load(String model, long deadlineMillis, ActorRef<WorkerHostReply> replyTo) implements WorkerHostCommand {
        public Load {
            check(deadlineMillis);
        }
    }

    /**
     * Drains the worker, ends it, and frees the device's memory.
     *
     * @param deadlineMillis time that running requests get to end; 0 to hand them over at once
     */
    record Unload(long deadlineMillis, ActorRef<WorkerHostReply> replyTo) implements WorkerHostCommand {
        public Unload {
            check(deadlineMillis);
        }
    }

    /** Asks how things are. */
    record Describe(ActorRef<WorkerHostReply> replyTo) implements WorkerHostCommand {}

    private static void check(long deadlineMillis) {
        if (deadlineMillis < 0) {
            throw new IllegalArgumentException("deadlineMillis must be at least 0, was " + deadlineMillis);
        }
    }
}
