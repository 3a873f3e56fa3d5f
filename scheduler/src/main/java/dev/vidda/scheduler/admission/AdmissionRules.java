package dev.vidda.scheduler.admission;

import dev.vidda.protocol.SchedulerLimits;
import dev.vidda.scheduler.queue.RetryAfter;
import java.time.Duration;

/**
 * How to admit.
 *
 * @param limits that may change while it runs
 * @param retryAfter when those who are refused should come back
 * @param startTimeout a lease ends that no worker began to serve for so long; workers that do not report their leases
 *     are trusted
 * @param prefixBlocks blocks of a worker's prefix cache that are kept in mind
 * @param silence what it means that a worker does not report
 */
public record AdmissionRules(
        SchedulerLimits limits, RetryAfter retryAfter, Duration startTimeout, int prefixBlocks, Silence silence) {
    /** For workers that may be silent as long as they like. */
    public AdmissionRules(SchedulerLimits limits, RetryAfter retryAfter, Duration startTimeout, int prefixBlocks) {
        this(limits, retryAfter, startTimeout, prefixBlocks, Silence.MEANS_NOTHING);
    }

    public AdmissionRules {
        if (startTimeout.isNegative() || startTimeout.isZero()) {
            throw new IllegalArgumentException("startTimeout must be positive, was " + startTimeout);
        }
        if (prefixBlocks < 0) {
            throw new IllegalArgumentException("prefixBlocks must not be negative, was " + prefixBlocks);
        }
    }
}
