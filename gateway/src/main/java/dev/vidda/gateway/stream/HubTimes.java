package dev.vidda.gateway.stream;

import java.time.Duration;

/**
 * The hub's patience, counted in ticks: a gateway that was itself held up for a while has not waited for anybody
 * meanwhile.
 *
 * @param tick the length of one
 * @param admission for the scheduler's first answer
 * @param silence for a worker's next sign of life
 * @param retry between two questions for a worker to continue on
 * @param giveUpAfter for such a worker
 * @param workerWait for a first worker, when the scheduler knows none
 * @param mostFailures workers that may fail one request
 */
public record HubTimes(
        Duration tick, long admission, long silence, long retry, long giveUpAfter, long workerWait, int mostFailures) {
    private static final int TICKS_PER_TIMEOUT = 8;
    private static final Duration RETRY = Duration.ofMillis(250);

    /** The ticks for these settings. */
    public static HubTimes of(Duration admissionTimeout, ContinuationSettings continuation) {
        Duration shortest = Duration.ofMillis(Math.min(
                admissionTimeout.toMillis(), continuation.workerSilence().toMillis()));
        Duration tick = Duration.ofMillis(Math.max(1, shortest.toMillis() / TICKS_PER_TIMEOUT));
        return new HubTimes(
                tick,
                ticks(admissionTimeout, tick),
                ticks(continuation.workerSilence(), tick),
                ticks(RETRY, tick),
                ticks(continuation.giveUpAfter(), tick),
                ticks(continuation.workerWait(), tick),
                continuation.mostFailures());
    }

    private static long ticks(Duration time, Duration tick) {
        return Math.ceilDiv(time.toMillis(), tick.toMillis());
    }
}
