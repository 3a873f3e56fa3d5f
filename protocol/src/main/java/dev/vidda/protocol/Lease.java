package dev.vidda.protocol;

/**
 * The scheduler's promise of KV blocks on a worker, from admission until {@link SchedulerCommand.Release}.
 *
 * @param guaranteed whether the promise is for all that the request can come to hold, so that the worker takes blocks from
 *     others before it takes any from this one. A scheduler that does not know of this promises it to nobody.
 */
public record Lease(String requestId, String workerId, int blocks, boolean guaranteed) {
    /** One whose request may have to give its blocks up for a while. */
    public Lease(String requestId, String workerId, int blocks) {
        this(requestId, workerId, blocks, false);
    }
}
