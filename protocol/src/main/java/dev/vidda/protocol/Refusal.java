package dev.vidda.protocol;

/**
 * Why a request was not admitted, in words and numbers.
 *
 * @param message for the client: names the limit and the value
 * @param retryAfterMillis when to come back, or -1 when it can never succeed
 * @param blocksNeeded KV blocks the request needs, or 0 when that is not the reason
 * @param blocksLargest KV blocks of the largest pool that serves the model
 * @param longestContext prompt and generated tokens that one request can have at most
 */
public record Refusal(
        Reason reason,
        String message,
        long retryAfterMillis,
        int blocksNeeded,
        int blocksLargest,
        long longestContext) {
    /** What stands in the way. */
    public enum Reason {
        /** No worker serves the model. */
        UNKNOWN_MODEL,
        /** Prompt and output exceed the model's context length. */
        CONTEXT_LENGTH,
        /** The request needs more blocks than any pool has. */
        NEVER_FITS,
        /** The waiting line is full. */
        QUEUE_FULL,
        /** It waited, or would have to wait, longer than it may. */
        TOO_LATE,
        /** The tenant may not have requests of this size. */
        TENANT_LIMIT,
        /** The scheduler is shutting down or has lost its workers. */
        UNAVAILABLE
    }
}
