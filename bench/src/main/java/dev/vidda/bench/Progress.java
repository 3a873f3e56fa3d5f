package dev.vidda.bench;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Says every second how a run goes: on one line of a terminal, or in a line each ten seconds elsewhere. */
final class Progress implements AutoCloseable {
    private static final int SECONDS_BETWEEN_LINES = 10;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("progress").factory());
    private final LoadRun run;
    private final PrintStream target;
    private final boolean terminal;
    private long tokensBefore;
    private int seconds;

    private Progress(LoadRun run, PrintStream target, boolean terminal) {
        this.run = run;
        this.target = target;
        this.terminal = terminal;
    }

    static Progress of(LoadRun run, PrintStream target) {
        // The launcher finds out which streams are terminals, as Java cannot for one of them alone.
        boolean terminal = System.getProperty("vidda.terminals", "").contains("2");
        Progress progress = new Progress(run, target, terminal);
        long second = Duration.ofSeconds(1).toMillis();
        progress.timer.scheduleAtFixedRate(progress::tick, second, second, TimeUnit.MILLISECONDS);
        return progress;
    }

    @Override
    public void close() {
        timer.shutdownNow();
        if (terminal && seconds > 0) {
            target.println();
        }
    }

    private void tick() {
        seconds++;
        long tokens = run.tokens();
        String line = "%d s: %d running, %d ended, %d incomplete, %d refused, %d failed, %d tok/s"
                .formatted(
                        seconds,
                        run.running(),
                        run.ended(),
                        run.ended(Outcome.State.INCOMPLETE),
                        run.ended(Outcome.State.REFUSED),
                        run.ended(Outcome.State.FAILED),
                        tokens - tokensBefore);
        tokensBefore = tokens;
        if (terminal) {
            target.print("\r%-100s".formatted(line));
            target.flush();
        } else if (seconds % SECONDS_BETWEEN_LINES == 0) {
            target.println(line);
        }
    }
}
