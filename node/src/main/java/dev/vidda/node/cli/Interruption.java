package dev.vidda.node.cli;

import java.io.PrintWriter;
import java.util.concurrent.atomic.AtomicBoolean;

/** What happens when the operating system asks the process to end. */
final class Interruption {
    private static final int KILLED_BY_INTERRUPT = 130;

    private Interruption() {}

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
