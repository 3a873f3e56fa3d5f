package dev.vidda.node.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/**
 * Fetches single files. The first segment is asked for alone: its answer tells whether the server knows ranges. If so,
 * the other segments follow in parallel; if not, that answer is the whole file.
 */
final class Fetcher {
    private static final int BUFFER_BYTES = 1 << 18;
    private static final long MAX_PAUSE_MILLIS = 30_000;
    private static final int RANGE_NOT_SATISFIABLE = 416;

    private final Download.Source source;
    private final Download.Tuning tuning;
    private final String origin;
    private final LongConsumer progress;
    private final Semaphore connections;

    Fetcher(Download.Source source, Download.Tuning tuning, String origin, LongConsumer progress) {
        this.source = source;
        this.tuning = tuning;
        this.origin = origin;
        this.progress = progress;
        this.connections = new Semaphore(tuning.connections());
    }

    /** Fetches {@code file} to {@code target}; further segments run on {@code threads}. */
    void fetch(HubFile file, Path target, ExecutorService threads) throws IOException, InterruptedException {
        try (PartFile part = PartFile.open(target, file, tuning.segmentBytes())) {
            long resumed = part.present();
            progress.accept(resumed);
            fetchSegments(part, threads);
            boolean right = part.isRight();
            if (!right && resumed > 0) {
                // What an earlier process left may be damaged: once more, from nothing.
                discard(part, false);
                fetchSegments(part, threads);
                right = part.isRight();
            }
            if (!right) {
                discard(part, false);
                throw new HubException(file.path() + " of " + origin + " does not have the content that the hub lists ("
                        + file.checksum().identity() + "); it was deleted, try again later");
            }
            part.moveToTarget();
        }
    }

    private void fetchSegments(PartFile part, ExecutorService threads) throws IOException, InterruptedException {
        List<Integer> missing = missingSegments(part);
        if (missing.isEmpty()) {
            return;
        }
        List<Future<?>> others = new ArrayList<>();
        Leader leader = new Leader(others::isEmpty, () -> {
            for (int segment : missing.subList(others.isEmpty() ? 1 : missing.size(), missing.size())) {
                others.add(threads.submit(() -> {
                    fetchSegment(part, segment, Leader.NONE);
                    return null;
                }));
            }
        });
        try {
            fetchSegment(part, missing.getFirst(), leader);
            for (Future<?> other : others) {
                other.get();
            }
        } catch (ExecutionException e) {
            throw Download.asIo(e.getCause());
        } finally {
            others.forEach(other -> other.cancel(true));
        }
    }

    /**
     * What the first segment's fetcher may do.
     *
     * @param alone whether no other segment of the file is being fetched, so that the file may start anew
     * @param rangesWork called when the server has sent a range
     */
    private record Leader(BooleanSupplier alone, Runnable rangesWork) {
        static final Leader NONE = new Leader(() -> false, () -> {});
    }

    private static List<Integer> missingSegments(PartFile part) {
        List<Integer> missing = new ArrayList<>();
        for (int i = 0; i < part.segments(); i++) {
            boolean unknown = part.file().size() < 0 && part.present() == 0;
            if (unknown || (part.file().size() > 0 && part.position(i) < part.end(i))) {
                missing.add(i);
            }
        }
        return missing;
    }

    /** Fetches what is missing of one segment, again and again as long as there is hope. */
    private void fetchSegment(PartFile part, int segment, Leader leader) throws IOException, InterruptedException {
        int failures = 0;
        while (true) {
            int current = Math.min(segment, part.segments() - 1);
            long position = part.position(current);
            connections.acquire();
            try {
                transfer(part, current, leader);
                return;
            } catch (HubException e) {
                throw e;
            } catch (IOException e) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedException();
                }
                requireDisk(part, e);
                failures = part.position(Math.min(current, part.segments() - 1)) > position ? 1 : failures + 1;
                if (failures > tuning.retries()) {
                    throw new IOException(
                            part.file().path() + ": " + e.getMessage() + " (gave up after " + failures
                                    + " tries; run again to resume)",
                            e);
                }
            } finally {
                connections.release();
            }
            TimeUnit.MILLISECONDS.sleep(
                    Math.min(MAX_PAUSE_MILLIS, tuning.firstPauseMillis() << Math.min(failures - 1, 20)));
        }
    }

    private void transfer(PartFile part, int segment, Leader leader) throws IOException {
        HttpURLConnection answer = source.open(part.file(), rangeHeaders(part, segment));
        try {
            int target = segment;
            if (answer.getResponseCode() == HttpURLConnection.HTTP_PARTIAL) {
                requireRange(part, segment, answer);
                leader.rangesWork().run();
            } else if (part.segments() > 1 || part.present() > 0) {
                if (!leader.alone().getAsBoolean()) {
                    throw new HubException(part.file().path() + " of " + origin
                            + " changed on the server during the download; run again");
                }
                discard(part, true);
                target = 0;
                if (answer.getResponseCode() == RANGE_NOT_SATISFIABLE) {
                    throw new IOException("the server no longer has the bytes that were missing");
                }
            }
            part.remember(Optional.ofNullable(answer.getHeaderField("ETag")));
            copy(part, target, answer);
        } catch (SocketTimeoutException e) {
            throw new IOException("the server fell silent in the middle of the file", e);
        } finally {
            answer.disconnect();
        }
    }

    private static Map<String, String> rangeHeaders(PartFile part, int segment) {
        Map<String, String> headers = new HashMap<>();
        if (part.segments() > 1 || part.position(segment) > 0) {
            headers.put("Range", "bytes=" + part.position(segment) + "-" + (part.end(segment) - 1));
            part.etag().filter(tag -> !tag.startsWith("W/")).ifPresent(tag -> headers.put("If-Range", tag));
        }
        return headers;
    }

    private static void requireRange(PartFile part, int segment, HttpURLConnection answer) throws IOException {
        String expected = "bytes " + part.position(segment) + "-" + (part.end(segment) - 1) + "/";
        String range = answer.getHeaderField("Content-Range");
        if (range == null || !range.startsWith(expected)) {
            throw new HubException(part.file().path() + ": asked for " + expected + " but the server sent " + range);
        }
        String total = range.substring(range.indexOf('/') + 1);
        if (!total.equals("*") && !total.equals(Long.toString(part.file().size()))) {
            throw new HubException(part.file().path() + ": the hub lists "
                    + part.file().size() + " bytes but the server has " + total);
        }
    }

    private void copy(PartFile part, int segment, HttpURLConnection answer) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        long announced = part.file().size() < 0 ? answer.getContentLengthLong() : -1;
        try (InputStream in = answer.getInputStream()) {
            while (part.position(segment) < part.end(segment)) {
                int room = (int) Math.min(buffer.length, part.end(segment) - part.position(segment));
                int read = in.read(buffer, 0, room);
                if (read < 0) {
                    break;
                }
                part.write(segment, ByteBuffer.wrap(buffer, 0, read));
                progress.accept(read);
            }
        }
        long end = part.file().size() < 0 ? Math.max(announced, 0) : part.end(segment);
        if (part.position(segment) < end) {
            if (part.file().size() < 0) {
                discard(part, false);
            }
            throw new IOException("the connection ended " + (end - part.position(segment)) + " bytes early");
        }
    }

    private void discard(PartFile part, boolean single) throws IOException {
        progress.accept(-part.present());
        part.restart(single);
    }

    private static void requireDisk(PartFile part, IOException failure) throws IOException {
        String message = String.valueOf(failure.getMessage());
        if (message.contains("No space left")
                || message.contains("Disk quota")
                || message.contains("not enough space")) {
            throw new HubException(
                    "the disk is full: " + message + " (" + part.file().path() + ")");
        }
    }
}
