package dev.vidda.bench;

import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicBoolean;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Ctrl-C while something is measured: the first one interrupts the thread that made this, so that it can report what it has; the second
 * one ends the process.
 */
final class Interrupt implements AutoCloseable {
    /** As a shell says that a signal of this kind ended a command. */
    static final int EXIT_CODE = 130;

    private static final Signal SIGNAL = new Signal("INT");

    private final SignalHandler before;

    private Interrupt(SignalHandler before) {
        this.before = before;
    }

    static Interrupt ofThisThread(PrintStream progress) {
        Thread thread = Thread.currentThread();
        AtomicBoolean asked = new AtomicBoolean();
        return new Interrupt(Signal.handle(SIGNAL, signal -> {
            if (asked.getAndSet(true)) {
                Runtime.getRuntime().halt(EXIT_CODE);
            }
            progress.println(System.lineSeparator() + "vidda: interrupted; what was measured so far:");
            thread.interrupt();
        }));
    }

    /** Whatever happened on the signal before happens again; one that came when all was done means nothing. */
    @Override
    public void close() {
        Signal.handle(SIGNAL, before);
        boolean unused = Thread.interrupted();
    }
}
