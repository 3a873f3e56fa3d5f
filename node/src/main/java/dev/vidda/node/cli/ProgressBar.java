package dev.vidda.node.cli;

import dev.vidda.node.ByteSize;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Shows how many of so many bytes are done: a bar that moves on a terminal, a line now and then elsewhere. */
final class ProgressBar implements AutoCloseable {
    private static final int BAR_WIDTH = 30;
    private static final long BAR_MILLIS = 100;
    private static final long LINE_MILLIS = 10_000;

    private final String label;
    private final long total;
    private final PrintWriter out;
    private final boolean moving;
    private final int columns;
    private final AtomicLong done = new AtomicLong();
    private final long startedAt = System.nanoTime();
    private final ScheduledExecutorService clock;

    /**
     * @param label in front of the bar
     * @param total bytes to do
     */
    ProgressBar(String label, long total, PrintWriter out, Terminal terminal) {
        this.label = label;
        this.total = total;
        this.out = out;
        this.moving = terminal.err();
        this.columns = terminal.columns();
        clock = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("progress").factory());
        long period = moving ? BAR_MILLIS : LINE_MILLIS;
        clock.scheduleAtFixedRate(this::draw, period, period, TimeUnit.MILLISECONDS);
    }

    /** So many bytes more are done; safe from any thread. */
    void advance(long bytes) {
        done.addAndGet(bytes);
    }

    /** So many bytes are done in all. */
    void moveTo(long bytes) {
        advance(bytes - done.get());
    }

    /** Bytes a second since the start. */
    double speed() {
        double seconds = Math.max(1e-3, (System.nanoTime() - startedAt) / 1e9);
        return Math.max(0, done.get()) / seconds;
    }

    /** Draws the last state and ends the line. */
    @Override
    public void close() {
        clock.shutdownNow();
        if (moving) {
            draw();
            out.println();
            out.flush();
        }
    }

    private synchronized void draw() {
        String text = line(label, done.get(), total, speed());
        if (moving) {
            String cut = text.length() >= columns ? text.substring(0, columns - 1) : text;
            out.print("\r" + cut + "\u001b[K");
        } else {
            out.println(text);
        }
        out.flush();
    }

    static String line(String label, long done, long total, double speed) {
        double share = total <= 0 ? 1 : Math.clamp((double) done / total, 0, 1);
        int filled = (int) Math.round(share * BAR_WIDTH);
        String bar = "#".repeat(filled) + ".".repeat(BAR_WIDTH - filled);
        String rest = "";
        if (speed > 0 && done < total) {
            rest = "  " + duration(Math.round((total - done) / speed)) + " left";
        }
        return String.format(
                Locale.ROOT,
                "%s [%s] %3d %%  %s of %s  %s/s%s",
                label,
                bar,
                (int) (share * 100),
                ByteSize.format(Math.max(0, done)),
                ByteSize.format(total),
                ByteSize.format((long) speed),
                rest);
    }

    private static String duration(long seconds) {
        if (seconds < 60) {
            return seconds + " s";
        }
        return seconds < 3600
                ? seconds / 60 + " min " + seconds % 60 + " s"
                : seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
    }
}
