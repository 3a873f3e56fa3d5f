package dev.vidda.scheduler.admission;

import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.Refusal;
import dev.vidda.protocol.SchedulerLimits;
import dev.vidda.scheduler.queue.RetryAfter;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether one more request may wait. The whole line counts for how long it may get, those who are late in it among
 * them; for whether the request would wait in vain, only those count that come before it.
 */
final class Doorkeeper {
    private final ServedModel model;
    private final SchedulerLimits limits;
    private final RetryAfter retryAfter;
    private final long now;

    Doorkeeper(ServedModel model, SchedulerLimits limits, RetryAfter retryAfter, long nowNanos) {
        this.model = model;
        this.limits = limits;
        this.retryAfter = retryAfter;
        this.now = nowNanos;
    }

    /**
     * Why the request may not wait, or null if it may.
     *
     * @param blocks that it needs
     * @param leftMillis how long it would wait
     */
    @Nullable
    Refusal refusal(AdmissionRequest request, int blocks, long leftMillis) {
        long ahead = model.queue().blocks() + blocks;
        long comeBack = retryAfter.millis(ahead, model.drainRate().blocksPerSecond(now));
        if (leftMillis <= 0) {
            return Refusals.expired(model, request, blocks, comeBack);
        }
        if (model.queue().size() >= limits.waitingRequests() || ahead > Refusals.mostBlocks(model, limits)) {
            return Refusals.queueIsFull(model, blocks, limits, comeBack);
        }
        long wait = model.waitMillis(model.queue().blocks(), now);
        if (model.queue().isEmpty() || wait < 0) {
            return null;
        }
        if (limits.longestWaitMillis() > 0 && wait > limits.longestWaitMillis()) {
            return Refusals.waitIsTooLong(model, blocks, wait, limits, comeBack);
        }
        long own = model.waitMillis(model.queue().blocksAhead(now), now);
        return own > leftMillis ? Refusals.hopeless(model, request, blocks, own, comeBack) : null;
    }
}
