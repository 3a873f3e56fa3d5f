package dev.vidda.scheduler.admission;

import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.Refusal;
import dev.vidda.protocol.Refusal.Reason;
import dev.vidda.protocol.SchedulerLimits;
import dev.vidda.protocol.WorkerCard;
import dev.vidda.protocol.kv.KvCost;
import dev.vidda.scheduler.queue.RetryAfter;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Says why a request is not admitted, with the numbers. */
final class Refusals {
    private static final int NEVER = -1;

    private Refusals() {}

    static Refusal unknownModel(AdmissionRequest request, Collection<String> served) {
        String message = "model %s is not served here; served: %s".formatted(request.model(), served);
        return new Refusal(Reason.UNKNOWN_MODEL, message, NEVER, 0, 0, 0);
    }

    static Refusal unavailable(String message, RetryAfter retryAfter) {
        return new Refusal(Reason.UNAVAILABLE, message, retryAfter.initial().toMillis(), 0, 0, 0);
    }

    /** Nobody serves the model, though somebody did. */
    static Refusal noWorker(ServedModel model, RetryAfter retryAfter) {
        List<Worker> known = model.fleet().workers();
        long missing = known.stream()
                .filter(worker -> worker.presence() == Worker.Presence.MISSING)
                .count();
        String message =
                "no worker serves model %s at the moment: of %d that are known, %d have been silent for too long and %d drain"
                        .formatted(model.name(), known.size(), missing, known.size() - missing);
        return unavailable(message, retryAfter);
    }

    static Refusal tenantLimit(AdmissionRequest request) {
        int most = request.tenant().maxContext();
        String message = "%s exceed what tenant '%s' may have in one request, which is %d tokens"
                .formatted(size(request), request.tenant().name(), most);
        return new Refusal(Reason.TENANT_LIMIT, message, NEVER, 0, 0, most);
    }

    static Refusal modelLimit(AdmissionRequest request, int most) {
        String message = "%s exceed the context length that is set for model %s, which is %d tokens"
                .formatted(size(request), request.model(), most);
        return new Refusal(Reason.CONTEXT_LENGTH, message, NEVER, 0, 0, most);
    }

    /**
     * Why no worker can ever run the request.
     *
     * @throws java.util.NoSuchElementException if there are no workers
     */
    static Refusal neverRuns(AdmissionRequest request, ServedModel model) {
        List<WorkerCard> cards = serving(model);
        long tokens = (long) request.promptTokens() + request.maxNewTokens();
        int longest = cards.stream().mapToInt(WorkerCard::maxModelLength).max().orElseThrow();
        // Among equally long contexts the largest pool is the one that tells how close the request came.
        WorkerCard largest = cards.stream()
                .filter(card -> card.maxModelLength() >= Math.min(tokens, longest))
                .max(Comparator.comparingInt(WorkerCard::kvBlocks))
                .orElseThrow();
        int needed =
                KvCost.blocks(largest.kvShape(), request.promptTokens(), request.maxNewTokens(), request.samples());
        long fits = longestContext(model);
        String message = tokens > longest
                ? "%s exceed the context length of model %s, which is %d tokens; at most %d fit now"
                        .formatted(size(request), model.name(), longest, fits)
                : ("%s need %d KV blocks of %d tokens, but the largest pool that serves model %s has %d;"
                                + " one sequence of at most %d tokens fits")
                        .formatted(
                                size(request),
                                needed,
                                largest.kvShape().blockTokens(),
                                model.name(),
                                largest.kvBlocks(),
                                fits);
        Reason reason = tokens > longest ? Reason.CONTEXT_LENGTH : Reason.NEVER_FITS;
        return new Refusal(reason, message, NEVER, needed, largest.kvBlocks(), fits);
    }

    static Refusal queueIsFull(ServedModel model, int blocks, SchedulerLimits limits, long retryAfter) {
        String message = ("the waiting line of model %s is full: %d of at most %d requests wait for %d of at most %d KV"
                        + " blocks; this one needs %d")
                .formatted(
                        model.name(),
                        model.queue().size(),
                        limits.waitingRequests(),
                        model.queue().blocks(),
                        mostBlocks(model, limits),
                        blocks);
        return full(Reason.QUEUE_FULL, message, model, blocks, retryAfter);
    }

    static Refusal waitIsTooLong(ServedModel model, int blocks, long wait, SchedulerLimits limits, long retryAfter) {
        String message = "the wait for model %s is about %d ms, more than the %d ms that anyone may wait; %d wait"
                .formatted(
                        model.name(),
                        wait,
                        limits.longestWaitMillis(),
                        model.queue().size());
        return full(Reason.QUEUE_FULL, message, model, blocks, retryAfter);
    }

    static Refusal hopeless(ServedModel model, AdmissionRequest request, int blocks, long wait, long retryAfter) {
        String message = "the wait for model %s is about %d ms, but this request waits at most %d ms"
                .formatted(model.name(), wait, request.patience().queueTimeoutMillis());
        return full(Reason.TOO_LATE, message, model, blocks, retryAfter);
    }

    static Refusal tooSlow(ServedModel model, AdmissionRequest request, double ttft, long waited) {
        String message = ("the first token of a prompt of %d tokens would come after about %d ms, %d ms of which have"
                        + " passed, but the request asks for it within %d ms; %d wait for model %s")
                .formatted(
                        request.promptTokens(),
                        Math.round(ttft) + waited,
                        waited,
                        request.patience().ttftTargetMillis(),
                        model.queue().size(),
                        model.name());
        return full(Reason.TOO_LATE, message, model, 0, NEVER);
    }

    static Refusal expired(ServedModel model, AdmissionRequest request, int blocks, long retryAfter) {
        long timeout = request.patience().queueTimeoutMillis();
        long target = request.patience().ttftTargetMillis();
        String asked = target > 0 && (timeout == 0 || target < timeout)
                ? "early enough for a first token within the %d ms that it asks for".formatted(target)
                : "within the %d ms that it waits at most".formatted(timeout);
        String message = "no room for the request %s; %d wait for model %s"
                .formatted(asked, model.queue().size(), model.name());
        return full(Reason.TOO_LATE, message, model, blocks, retryAfter);
    }

    /**
     * Not all that were asked about fit.
     *
     * @param fits how many of how many do
     * @param limits what keeps the others out, with the numbers
     * @param blocks that one needs, or 0 when that is not the reason
     */
    static Refusal noRoomNow(ServedModel model, String fits, String limits, int blocks, long retryAfter) {
        String message =
                "%s; %d wait for model %s; %s".formatted(fits, model.queue().size(), model.name(), limits);
        return full(Reason.QUEUE_FULL, message, model, blocks, retryAfter);
    }

    private static Refusal full(Reason reason, String message, ServedModel model, int blocks, long retryAfter) {
        int largest =
                serving(model).stream().mapToInt(WorkerCard::kvBlocks).max().orElse(0);
        return new Refusal(reason, message, retryAfter, blocks, largest, longestContext(model));
    }

    static long mostBlocks(ServedModel model, SchedulerLimits limits) {
        return (long) (limits.waitingPools() * model.fleet().poolBlocks());
    }

    /** Prompt and generated tokens that one sequence can have at most on any worker. */
    private static long longestContext(ServedModel model) {
        return serving(model).stream()
                .mapToLong(
                        card -> Math.min(card.maxModelLength(), KvCost.longestContext(card.kvShape(), card.kvBlocks())))
                .max()
                .orElse(0);
    }

    private static List<WorkerCard> serving(ServedModel model) {
        return model.fleet().workers().stream()
                .filter(Worker::takesRequests)
                .map(Worker::card)
                .toList();
    }

    private static String size(AdmissionRequest request) {
        String samples = request.samples() == 1 ? "" : " for each of %d samples".formatted(request.samples());
        return "%d prompt tokens and up to %d new tokens%s"
                .formatted(request.promptTokens(), request.maxNewTokens(), samples);
    }
}
