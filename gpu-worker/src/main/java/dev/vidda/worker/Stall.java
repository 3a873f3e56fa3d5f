package dev.vidda.worker;

import java.time.Duration;

/** Tells a step that takes long from one that hangs, from observations at equal intervals. */
final class Stall {
    /** The first steps load kernels and record graphs. */
    private static final int FIRST_STEPS = 16;

    private final Duration interval;
    private final Limits limits;
    private long step;
    private long observations;

    /**
     * How long a step may take.
     *
     * @param step any step
     * @param firstSteps one of the first
     */
    record Limits(Duration step, Duration firstSteps) {
        Duration of(long number) {
            return number <= FIRST_STEPS ? firstSteps : step;
        }
    }

    /** @param interval time between two observations */
    Stall(Duration interval, Limits limits) {
        this.interval = interval;
        this.limits = limits;
    }

    /**
     * Observes the number of the current step, from 1, and whether it is under way; says whether it has been for longer
     * than it may, for certain: the time before it was first seen does not count.
     */
    boolean hangs(long currentStep, boolean underWay) {
        if (!underWay || currentStep != step) {
            step = currentStep;
            observations = 0;
            return false;
        }
        observations++;
        return interval.multipliedBy(observations).compareTo(limits.of(step)) >= 0;
    }
}
