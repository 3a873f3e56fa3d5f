package dev.vidda.scheduler.admission;

import dev.vidda.scheduler.placement.LoadBounds;
import dev.vidda.scheduler.placement.Work;
import dev.vidda.scheduler.placement.WorkerLoad;

/**
 * What it costs to place a request on a worker, in milliseconds until a first token: its own, and what else counts beside it.
 */
final class Score {
    /**
     * How much a millisecond of a worker's time counts beside one until the first token: whoever has to compute a long text
     * anew makes others wait as well, who then move and do the same.
     */
    private static final double WORK_WEIGHT = 4;
    /** How much a millisecond counts that somebody who decodes there waits beyond the pace. */
    private static final double HARM_WEIGHT = 0.3;
    /** How much a millisecond after the first token counts beside one until then. */
    private static final double PACE_WEIGHT = 0.1;
    /** How likely a text is asked for again that gives way to another one: of those unused for longest, most have ended. */
    private static final double REUSE_CHANCE = 0.3;
    /** A text that comes back is computed before a first token, and is work like any other. */
    private static final double EVICTED_WEIGHT = REUSE_CHANCE * (1 + WORK_WEIGHT);

    /** For bounds of it. */
    static final LoadBounds.Weights WEIGHTS = new LoadBounds.Weights(WORK_WEIGHT, PACE_WEIGHT, EVICTED_WEIGHT);

    /** Beside a first token that comes later than asked for, nothing else counts. */
    private static final double LATE = 1e9;

    private Score() {}

    /** The less, the better. */
    static double of(WorkerLoad load, Work work, double ttft, boolean isLate, double nowMillis) {
        return ttft
                + WORK_WEIGHT * load.ownMillis(work)
                + HARM_WEIGHT * load.harmMillis(work)
                + PACE_WEIGHT * load.answerMillis(work, nowMillis + ttft)
                + EVICTED_WEIGHT * load.evictedMillis(work)
                + (isLate ? LATE : 0);
    }
}
