package dev.vidda.scheduler.admission;

/**
 * How much may wait, and when those who may not should come back.
 *
 * @param waitingRequests requests of one model that may wait; 0: none
 * @param waitingPools blocks that waiting requests of one model may need together, in multiples of its workers' pools;
 *     at least 1, so that whatever fits into a pool may wait when nobody else does
 */
public record AdmissionLimits(int waitingRequests, double waitingPools, RetryAfter retryAfter) {
    public AdmissionLimits {
        if (waitingRequests < 0) {
            throw new IllegalArgumentException("waitingRequests must not be negative, was " + waitingRequests);
        }
        if (!(waitingPools >= 1)) {
            throw new IllegalArgumentException("waitingPools must be at least 1, was " + waitingPools);
        }
    }
}
