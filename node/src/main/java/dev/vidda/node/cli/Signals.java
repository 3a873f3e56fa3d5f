package dev.vidda.node.cli;

import sun.misc.Signal;

/** The operating system's wishes: {@code INT} is Ctrl-C, {@code TERM} what {@code kill} and Kubernetes send. */
final class Signals {
    private Signals() {}

    /** From now on, {@code action} runs on a thread of its own when the signal comes, instead of ending the process. */
    static void on(String name, Runnable action) {
        Signal.handle(new Signal(name), signal -> action.run());
    }
}
