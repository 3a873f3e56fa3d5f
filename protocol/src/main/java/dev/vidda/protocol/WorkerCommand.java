package dev.vidda.protocol;

import akka.actor.typed.ActorRef;

/** What a worker is told. */
public sealed interface WorkerCommand extends Wire {
    /** Runs a request; its tokens and its end arrive at {@code gateway} in frames. */
    record Start(GenerationRequest request, Lease lease, ActorRef<TokenFrame> gateway) implements WorkerCommand {}

    /** Ends all sequences of a request; their blocks are free before the next step. No frame follows. */
    record Cancel(String requestId) implements WorkerCommand {}

    /**
     * Takes nothing new from now on, and hands over what has not ended when the time is up: such sequences end with
     * {@link FinishReason#HANDED_OVER}, and so does every request that still arrives.
     *
     * @param deadlineMillis time that running requests get to end; 0 to hand them over at once
     */
    record Drain(long deadlineMillis) implements WorkerCommand {
        public Drain {
            if (deadlineMillis < 0) {
                throw new IllegalArgumentException("deadlineMillis must be at least 0, was " + deadlineMillis);
            }
        }
    }

    /** Takes requests again after a {@link Drain}. */
    record Resume() implements WorkerCommand {}

    /** Forgets all reusable prefixes; running sequences keep their blocks. */
    record FlushPrefixCache() implements WorkerCommand {}

    /** Sends {@code scheduler} all hashes of the prefix cache, from number 0: what it knew of them had a gap. */
    record SendPrefixes(ActorRef<SchedulerCommand> scheduler) implements WorkerCommand {}
}
