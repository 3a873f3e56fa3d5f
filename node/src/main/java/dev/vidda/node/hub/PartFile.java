package dev.vidda.node.hub;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/**
 * A file that is being downloaded in segments: {@code NAME.part} beside its target, and {@code NAME.part.state}, which
 * says how far each segment is, so that a later process goes on where this one ended.
 */
final class PartFile implements Closeable {
    private static final long JOURNAL_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Path target;
    private final Path data;
    private final Path journal;
    private final HubFile file;
    private final FileChannel channel;
    private long segmentBytes;
    private long[] done;
    private Optional<String> etag = Optional.empty();
    private long journaledAt = System.nanoTime();

    private PartFile(Path target, HubFile file, long segmentBytes) throws IOException {
        this.target = target;
        this.file = file;
        this.data = target.resolveSibling(target.getFileName() + ".part");
        this.journal = target.resolveSibling(target.getFileName() + ".part.state");
        this.segmentBytes = segmentBytes;
        this.done = new long[segments(file.size(), segmentBytes)];
        Files.createDirectories(target.toAbsolutePath().getParent());
        channel = FileChannel.open(data, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    /** Opens the part of {@code target}, with what an earlier process left if it was for the same content. */
    static PartFile open(Path target, HubFile file, long segmentBytes) throws IOException {
        PartFile part = new PartFile(target, file, segmentBytes);
        part.restore();
        return part;
    }

    HubFile file() {
        return file;
    }

    synchronized int segments() {
        return done.length;
    }

    /** The first byte that segment {@code index} still needs. */
    synchronized long position(int index) {
        return index * segmentBytes + done[index];
    }

    /** One past the last byte of segment {@code index}; {@link Long#MAX_VALUE} when the file's size is unknown. */
    synchronized long end(int index) {
        return file.size() < 0 ? Long.MAX_VALUE : Math.min(file.size(), (index + 1) * segmentBytes);
    }

    /** Bytes that are here, in all segments. */
    synchronized long present() {
        return Arrays.stream(done).sum();
    }

    /** What the server called the content it sent, for a conditional request. */
    synchronized Optional<String> etag() {
        return etag;
    }

    synchronized void remember(Optional<String> newEtag) {
        etag = newEtag;
    }

    /** Appends to segment {@code index}. */
    synchronized void write(int index, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            done[index] += channel.write(bytes, position(index));
        }
        if (System.nanoTime() - journaledAt > JOURNAL_INTERVAL_NANOS) {
            save();
        }
    }

    /** Forgets everything; the whole file becomes one segment if {@code single}. */
    synchronized void restart(boolean single) throws IOException {
        if (single) {
            segmentBytes = Math.max(1, file.size());
        }
        done = new long[segments(file.size(), segmentBytes)];
        etag = Optional.empty();
        channel.truncate(0);
        Files.deleteIfExists(journal);
    }

    /** Whether the content is what the hub says it is. */
    boolean isRight() throws IOException {
        return (file.size() < 0 || Files.size(data) == file.size())
                && file.checksum().matches(data);
    }

    /** Puts the file in its place, at once and whole. */
    void moveToTarget() throws IOException {
        channel.force(true);
        channel.close();
        Files.move(data, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Files.deleteIfExists(journal);
    }

    /** Saves how far the segments are, unless the file is in its place. */
    @Override
    public synchronized void close() throws IOException {
        if (channel.isOpen()) {
            save();
            channel.close();
        }
    }

    private void restore() throws IOException {
        Properties state = new Properties();
        if (file.size() >= 0 && Files.exists(journal)) {
            try (InputStream in = Files.newInputStream(journal)) {
                state.load(in);
            }
        }
        if (identity().equals(state.getProperty("content"))) {
            segmentBytes = Long.parseLong(state.getProperty("segment"));
            done = Arrays.stream(state.getProperty("done").split(" "))
                    .mapToLong(Long::parseLong)
                    .toArray();
            etag = Optional.ofNullable(state.getProperty("etag"));
            if (done.length == segments(file.size(), segmentBytes)) {
                return;
            }
        }
        restart(false);
    }

    private void save() throws IOException {
        journaledAt = System.nanoTime();
        Properties state = new Properties();
        state.setProperty("content", identity());
        state.setProperty("segment", Long.toString(segmentBytes));
        state.setProperty(
                "done",
                String.join(" ", Arrays.stream(done).mapToObj(Long::toString).toList()));
        etag.ifPresent(tag -> state.setProperty("etag", tag));
        Path fresh = journal.resolveSibling(journal.getFileName() + ".new");
        try (OutputStream out = Files.newOutputStream(fresh)) {
            state.store(out, "How far a download is; made by vidda pull");
        }
        Files.move(fresh, journal, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private String identity() {
        return file.size() + " " + file.checksum().identity();
    }

    private static int segments(long size, long segmentBytes) {
        return size <= 0 ? 1 : Math.toIntExact(Math.ceilDiv(size, segmentBytes));
    }
}
