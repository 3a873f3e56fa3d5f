package dev.vidda.gateway.stream;

import dev.vidda.gateway.openai.ApiError;
import dev.vidda.protocol.Refusal;

/** How a scheduler's refusal reaches the client. */
final class RefusalErrors {
    private static final long MILLIS_PER_SECOND = 1000;

    private RefusalErrors() {}

    /** Whether the same question may soon get another answer. */
    static boolean mayChange(Refusal refusal) {
        return switch (refusal.reason()) {
            case UNKNOWN_MODEL, QUEUE_FULL, TOO_LATE, UNAVAILABLE -> true;
            case CONTEXT_LENGTH, NEVER_FITS, TENANT_LIMIT -> false;
        };
    }

    /** Whether the scheduler has nobody to ask, as one that has just started. */
    static boolean isForWantOfWorkers(Refusal refusal) {
        return refusal.reason() == Refusal.Reason.UNKNOWN_MODEL || refusal.reason() == Refusal.Reason.UNAVAILABLE;
    }

    static ApiError of(Refusal refusal) {
        long retryAfter = refusal.retryAfterMillis() < 0
                ? 1
                : Math.max(1, Math.ceilDiv(refusal.retryAfterMillis(), MILLIS_PER_SECOND));
        return switch (refusal.reason()) {
            case UNKNOWN_MODEL ->
                new ApiError(404, refusal.message(), "invalid_request_error", "model", "model_not_found", -1);
            case CONTEXT_LENGTH, NEVER_FITS -> ApiError.contextLength(null, refusal.message());
            case QUEUE_FULL -> ApiError.queueFull(refusal.message(), retryAfter);
            case TENANT_LIMIT ->
                new ApiError(403, refusal.message(), "permission_error", null, "tenant_limit_exceeded", -1);
            case TOO_LATE -> ApiError.unavailable("deadline_exceeded", refusal.message(), retryAfter);
            case UNAVAILABLE -> ApiError.unavailable("no_capacity", refusal.message(), retryAfter);
        };
    }
}
