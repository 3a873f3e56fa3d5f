package dev.vidda.node.bootstrap;

import akka.actor.setup.Setup;

/** How a node is doing, for those who ask whether to send it work or to start it anew. Thread-safe. */
public final class Health extends Setup {
    /** From start to end. */
    public enum State {
        STARTING,
        READY,
        DRAINING,
        FAILED
    }

    private volatile State state = State.STARTING;

    public State state() {
        return state;
    }

    /** Goes on to {@code next}; what has failed or drains does not get ready again. */
    public synchronized void become(State next) {
        if (next.compareTo(state) > 0) {
            state = next;
        }
    }
}
