package dev.vidda.node.cli;

import java.io.PrintWriter;
import java.util.concurrent.atomic.AtomicBoolean;

/** What happens when the operating system asks the process to end. */
final class Interruption {
    /** As a shell says that Ctrl-C ended a command. */
    static final int KILLED_BY_INTERRUPT = 130;

    private Interruption() {}

    /** The first Ctrl-C interrupts this thread, so that it can report what it has; a second one ends the process. */
    static void interruptThread(PrintWriter err) {
        Thread thread = Thread.currentThread();
        AtomicBoolean asked = new AtomicBoolean();
        Signals.on("INT", () -> {
            if (asked.getAndSet(true)) {
                Runtime.getRuntime().halt(KILLED_BY_INTERRUPT);
            }
            err.println(System.lineSeparator() + "vidda: interrupted; what was simulated so far:");
            err.flush();
            thread.interrupt();
        });
    }

    /** The first signal asks to stop; a second one ends the process where it stands. */
    static void stopOnSignals(Runnable stop, PrintWriter err) {
        AtomicBoolean asked = new AtomicBoolean();
        Runnable action = () -> {
            if (asked.getAndSet(true)) {
                Runtime.getRuntime().halt(KILLED_BY_INTERRUPT);
            }
            err.println("vidda: stopping");
            err.flush();
            stop.run();
        };
        Signals.on("INT", action);
        Signals.on("TERM", action);
        Signals.on("HUP", action);
    }
}
