package dev.vidda.gateway.security;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was read from some files, and is read again when they have changed. While their new content is wrong, what was
 * read before stays. Thread-safe; looks at the files at most once in an interval, when it is asked.
 */
final class Reloaded<T> {
    private static final Logger LOG = LoggerFactory.getLogger(Reloaded.class);

    private final List<Path> files;
    private final Reader<T> reader;
    private final long intervalNanos;
    private final LongSupplier nanoClock;
    private volatile T value;
    private volatile long lookedAt;
    private List<FileTime> times;

    /** Reads the files; an {@link IOException} or {@link IllegalArgumentException} says what is wrong with them. */
    @FunctionalInterface
    interface Reader<T> {
        T read() throws IOException;
    }

    /**
     * Reads for the first time.
     *
     * @throws IOException if a file cannot be read
     * @throws IllegalArgumentException if its content is wrong
     */
    Reloaded(List<Path> files, Duration interval, LongSupplier nanoClock, Reader<T> reader) throws IOException {
        this.files = List.copyOf(files);
        this.reader = reader;
        this.intervalNanos = interval.toNanos();
        this.nanoClock = nanoClock;
        this.lookedAt = nanoClock.getAsLong();
        this.times = times();
        this.value = reader.read();
    }

    T get() {
        if (nanoClock.getAsLong() - lookedAt >= intervalNanos) {
            look();
        }
        return value;
    }

    private synchronized void look() {
        long now = nanoClock.getAsLong();
        if (now - lookedAt < intervalNanos) {
            return;
        }
        lookedAt = now;
        try {
            List<FileTime> current = times();
            if (!current.equals(times)) {
                times = current;
                value = reader.read();
                LOG.info("Read {} again", files);
            }
        } catch (IOException | IllegalArgumentException e) {
            LOG.error("{} changed and cannot be used, so what was read before stays: {}", files, e.getMessage());
        }
    }

    private List<FileTime> times() throws IOException {
        List<FileTime> all = new ArrayList<>();
        for (Path file : files) {
            all.add(Files.getLastModifiedTime(file));
        }
        return all;
    }
}
