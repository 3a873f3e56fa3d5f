package dev.vidda.simulator;

import dev.vidda.protocol.StepSample;

/** What a {@link CoarseWorker} computes now: one step with prompts, or several that only decode. */
final class CoarseStep {
    private final StepTimes times;
    private long begin;
    private long end = SimWorker.NEVER;
    private int count;
    int prefill;
    double pairs;
    int decodes;
    double kvTokens;

    CoarseStep(StepTimes times) {
        this.times = times;
    }

    /** When it ends; never if there is none. */
    long end() {
        return end;
    }

    /** Steps that it stands for. */
    int count() {
        return count;
    }

    boolean isNone() {
        return end == SimWorker.NEVER;
    }

    void none() {
        end = SimWorker.NEVER;
    }

    void begin(long now, int steps) {
        begin = now;
        count = steps;
        end = now + nanos(steps);
    }

    /** Something came in between: of several steps, none begins after {@code now}. */
    void cut(long now) {
        int done = 1;
        while (done < count && begin + nanos(done) < now) {
            done++;
        }
        begin(begin, done);
    }

    /** The mean step; its context grew by one token of each sequence with every step. */
    StepSample sample() {
        long micros = (end - begin) / count / 1_000;
        return new StepSample(prefill, Math.round(pairs), decodes, Math.round(meanKv(count)), micros);
    }

    private long nanos(int steps) {
        return steps * times.nanos(prefill, pairs, decodes, meanKv(steps));
    }

    private double meanKv(int steps) {
        return kvTokens + decodes * (steps - 1) / 2.0;
    }
}
