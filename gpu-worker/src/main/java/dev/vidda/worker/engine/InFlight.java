package dev.vidda.worker.engine;

import dev.vidda.worker.step.StepBatch;

/** The steps that were launched and not read, at most two: their plans and batches, used again and again. */
final class InFlight {
    private static final int MOST = 2;

    private final Step[] ring = new Step[MOST];
    private final boolean[] followed = new boolean[MOST];
    private int oldest;
    private int size;

    /** What one step computes. */
    record Step(StepPlan plan, StepBatch batch) {
        StepCounts counts() {
            int decoding = 0;
            long kvTokens = 0;
            for (int i = 0; i < plan.size(); i++) {
                decoding += plan.count(i) == 1 && plan.draw(i) != StepPlan.NO_DRAW ? 1 : 0;
                kvTokens += batch.contexts()[i];
            }
            return new StepCounts(plan.tokens() - decoding, decoding, kvTokens);
        }
    }

    InFlight(int maxTokens, int maxSequences) {
        for (int i = 0; i < MOST; i++) {
            ring[i] = new Step(new StepPlan(maxSequences), new StepBatch(maxTokens, maxSequences));
        }
    }

    int size() {
        return size;
    }

    /** A step to fill; it is in flight once {@link #launched} is called. */
    Step next() {
        if (size == MOST) {
            throw new IllegalStateException(MOST + " steps are in flight");
        }
        return ring[(oldest + size) % MOST];
    }

    /** @param follows whether there was work since the step before */
    void launched(boolean follows) {
        followed[(oldest + size) % MOST] = follows;
        size++;
    }

    /** The step to read next. */
    Step oldest() {
        if (size == 0) {
            throw new IllegalStateException("no step was launched");
        }
        return ring[oldest];
    }

    /** The oldest step was read; says whether there was work between it and the one before. */
    boolean read() {
        boolean follows = followed[oldest];
        oldest = (oldest + 1) % MOST;
        size--;
        return follows;
    }

    /** Forgets all. */
    void clear() {
        size = 0;
    }
}
