package dev.vidda.simulator;

import dev.vidda.protocol.PrefixChanges;
import dev.vidda.protocol.WorkerCard;
import dev.vidda.protocol.WorkerReport;
import java.util.List;

/** Who decides where requests run, in virtual time. Workers are known by their numbers. */
interface Policy {
    /** In place of a time: nothing is to be done by itself. */
    long NEVER = Long.MAX_VALUE;

    /** Hears what is decided. */
    interface Sink {
        void place(SimRequest request, int worker);

        void refuse(SimRequest request);
    }

    void join(int worker, WorkerCard card, long nanos, Sink sink);

    void leave(int worker, long nanos, Sink sink);

    /** A request arrives, or comes back with the tokens it has so far from a worker that died. */
    void arrive(SimRequest request, long nanos, Sink sink);

    /** The first token of a request came. */
    default void firstToken(SimRequest request) {}

    /** A request ended, and its gateway tells. */
    void ended(SimRequest request, long nanos, Sink sink);

    /** A worker reports; {@code changes} says what its prefix cache gained and lost. */
    void report(int worker, WorkerReport report, PrefixChanges changes, long nanos, Sink sink);

    /** Deadlines and the like, a few times a second. */
    default void tick(long nanos, Sink sink) {}

    /** When it wants to be woken; asked after every call. */
    default long wakeNanos() {
        return NEVER;
    }

    default void wake(long nanos, Sink sink) {}

    /** Requests that it holds back. */
    default int waiting() {
        return 0;
    }

    /** Those that there are, but for {@link Simulator#IDEAL}, which no system could follow. */
    static List<String> names() {
        return List.of(
                "vidda",
                "vidda-refusing",
                "round-robin",
                "random",
                "least-requests",
                "power-of-two",
                "prefix-affinity",
                "kv-cost",
                "prompt-only");
    }
}
