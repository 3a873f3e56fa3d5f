package dev.vidda.node.hub;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Brings files of a repository into a folder. */
public final class Download {
    private final Hub hub;
    private final HubRepository repository;
    private final String commit;
    private final Path folder;
    private final Tuning tuning;

    /**
     * @param connections requests at the same time
     * @param segmentBytes larger files are fetched in ranges of this size
     * @param retries tries in a row that may fail without a single byte
     * @param firstPauseMillis wait before the first retry; doubled for each further one
     */
    public record Tuning(int connections, long segmentBytes, int retries, long firstPauseMillis) {
        /** For the public hub. */
        public static final Tuning DEFAULT = new Tuning(8, 64L << 20, 6, 500);

        public Tuning {
            if (connections < 1 || segmentBytes < 1 || retries < 0 || firstPauseMillis < 0) {
                throw new IllegalArgumentException("connections and segment must be positive, others not negative");
            }
        }
    }

    public Download(Hub hub, HubRepository repository, String commit, Path folder, Tuning tuning) {
        this.hub = hub;
        this.repository = repository;
        this.commit = commit;
        this.folder = folder;
        this.tuning = tuning;
    }

    /** The files of {@code wanted} that are not yet in the folder with the right content. */
    public List<HubFile> missing(List<HubFile> wanted) throws IOException {
        List<HubFile> missing = new ArrayList<>();
        for (HubFile file : wanted) {
            Path target = file.in(folder);
            boolean there = Files.isRegularFile(target)
                    && (file.size() < 0
                            ? file.checksum() instanceof Checksum.Unknown
                            : Files.size(target) == file.size())
                    && file.checksum().matches(target);
            if (!there) {
                missing.add(file);
            }
        }
        return missing;
    }

    /**
     * Downloads {@code files}, small ones first. When this throws, what has arrived is kept for the next time.
     *
     * @param progress told the bytes that came; what an earlier process left counts, what is thrown away is negative
     * @throws HubException if another try would not help
     * @throws IOException if the network or the disk fails for longer than all retries
     */
    public void run(List<HubFile> files, LongConsumer progress) throws IOException, InterruptedException {
        for (HubFile file : files) {
            file.in(folder);
        }
        Fetcher fetcher = new Fetcher(
                (file, headers) -> hub.open(repository, commit, file, headers),
                tuning,
                repository.toString(),
                progress);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            ExecutorCompletionService<Void> finished = new ExecutorCompletionService<>(threads);
            List<HubFile> ordered = files.stream()
                    .sorted(Comparator.comparingLong(HubFile::size))
                    .toList();
            for (HubFile file : ordered) {
                finished.submit(() -> {
                    fetcher.fetch(file, file.in(folder), threads);
                    return null;
                });
            }
            try {
                for (int i = 0; i < ordered.size(); i++) {
                    finished.take().get();
                }
            } catch (ExecutionException e) {
                throw asIo(e.getCause());
            } finally {
                threads.shutdownNow();
            }
        }
    }

    static IOException asIo(@Nullable Throwable cause) {
        return switch (cause) {
            case IOException io -> io;
            case InterruptedException interrupted -> new InterruptedIOException("interrupted");
            case RuntimeException bug -> throw bug;
            case Error error -> throw error;
            case null -> throw new IllegalStateException("a download failed without a reason");
            default -> new IOException(cause);
        };
    }

    /** Where bytes come from. */
    @FunctionalInterface
    interface Source {
        HttpURLConnection open(HubFile file, Map<String, String> headers) throws IOException;
    }
}
