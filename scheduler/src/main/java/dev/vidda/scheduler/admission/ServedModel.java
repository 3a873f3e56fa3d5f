package dev.vidda.scheduler.admission;

import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.Refusal;
import dev.vidda.protocol.WorkerCard;
import dev.vidda.protocol.kv.KvCost;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** One model: the workers that serve it now, what they can hold, and who waits for them. */
final class ServedModel {
    private static final int NO_RETRY = -1;

    private final String name;
    private final Map<String, WorkerCard> workers = new TreeMap<>();
    private final WaitingLine line;
    private final DrainRate drainRate;

    ServedModel(String name, AdmissionLimits limits) {
        this.name = name;
        this.line = new WaitingLine(limits.waitingRequests(), limits.waitingPools());
        this.drainRate = new DrainRate(limits.retryAfter().memory());
    }

    String name() {
        return name;
    }

    void add(WorkerCard card) {
        workers.put(card.workerId(), card);
    }

    void remove(String workerId) {
        workers.remove(workerId);
    }

    /** In the order of their ids. */
    Collection<WorkerCard> workers() {
        return workers.values();
    }

    WaitingLine line() {
        return line;
    }

    DrainRate drainRate() {
        return drainRate;
    }

    long poolBlocks() {
        return workers.values().stream().mapToLong(WorkerCard::kvBlocks).sum();
    }

    /** Whether some worker could run the request if it were idle. */
    boolean canEverRun(AdmissionRequest request) {
        return candidates(request).findAny().isPresent();
    }

    /** The blocks a request counts for in the waiting line: what it would commit where it needs most. */
    int blocksWhileWaiting(AdmissionRequest request, Commitment commitment) {
        return candidates(request)
                .mapToInt(card -> commitment.blocks(card.kvShape(), request))
                .max()
                .orElseThrow();
    }

    /** The worker with most free blocks among those that have room for the request now; the lowest id among equals. */
    Optional<WorkerCard> roomiest(AdmissionRequest request, Commitment commitment, Ledger ledger) {
        return candidates(request)
                .filter(card -> commitment.blocks(card.kvShape(), request) <= ledger.free(card.workerId()))
                .max(Comparator.comparingInt((WorkerCard card) -> ledger.free(card.workerId()))
                        .thenComparing(WorkerCard::workerId, Comparator.reverseOrder()));
    }

    /**
     * Why no worker can ever run the request, with the numbers.
     *
     * @throws java.util.NoSuchElementException if there are no workers
     */
    Refusal neverRuns(AdmissionRequest request) {
        long tokens = (long) request.promptTokens() + request.maxNewTokens();
        int longestSequence = workers.values().stream()
                .mapToInt(WorkerCard::maxModelLength)
                .max()
                .orElseThrow();
        // Among equally long contexts the largest pool is the one that tells how close the request came.
        WorkerCard largest = workers.values().stream()
                .filter(card -> card.maxModelLength() >= Math.min(tokens, longestSequence))
                .max(Comparator.comparingInt(WorkerCard::kvBlocks))
                .orElseThrow();
        int needed = fullBlocks(largest, request);
        if (tokens > longestSequence) {
            String message = "%s exceed the context length of model %s, which is %d tokens; at most %d fit now"
                    .formatted(size(request), name, longestSequence, longestContext());
            return new Refusal(
                    Refusal.Reason.CONTEXT_LENGTH, message, NO_RETRY, needed, largest.kvBlocks(), longestContext());
        }
        String message = ("%s need %d KV blocks of %d tokens, but the largest pool that serves model %s has %d;"
                        + " one sequence of at most %d tokens fits")
                .formatted(
                        size(request),
                        needed,
                        largest.kvShape().blockTokens(),
                        name,
                        largest.kvBlocks(),
                        longestContext());
        return new Refusal(Refusal.Reason.NEVER_FITS, message, NO_RETRY, needed, largest.kvBlocks(), longestContext());
    }

    /** Prompt and generated tokens that one sequence can have at most on any worker. */
    long longestContext() {
        return workers.values().stream()
                .mapToLong(
                        card -> Math.min(card.maxModelLength(), KvCost.longestContext(card.kvShape(), card.kvBlocks())))
                .max()
                .orElse(0);
    }

    private Stream<WorkerCard> candidates(AdmissionRequest request) {
        long tokens = (long) request.promptTokens() + request.maxNewTokens();
        return workers.values().stream()
                .filter(card -> tokens <= card.maxModelLength() && fullBlocks(card, request) <= card.kvBlocks());
    }

    private static int fullBlocks(WorkerCard card, AdmissionRequest request) {
        return Commitment.FULL.blocks(card.kvShape(), request);
    }

    private static String size(AdmissionRequest request) {
        String samples = request.samples() == 1 ? "" : " for each of %d samples".formatted(request.samples());
        return "%d prompt tokens and up to %d new tokens%s"
                .formatted(request.promptTokens(), request.maxNewTokens(), samples);
    }
}
