package dev.vidda.worker;

import dev.vidda.protocol.StepSample;
import dev.vidda.worker.engine.StepCounts;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The latest steps since the last report: what they computed, and how long they took. */
final class StepSamples {
    private static final int MOST = 32;

    private final Deque<StepSample> samples = new ArrayDeque<>(MOST);
    private long lastResult;
    private boolean hadWork;

    /**
     * A step was read.
     *
     * @param began when the worker turned to it, in nanoseconds
     * @param ended when its result was there
     * @param hasWork whether there is more to do
     */
    void add(StepCounts counts, long began, long ended, boolean hasWork) {
        long since = hadWork ? lastResult : began;
        lastResult = ended;
        hadWork = hasWork;
        if (samples.size() == MOST) {
            samples.removeFirst();
        }
        samples.addLast(new StepSample(
                counts.prefillTokens(), counts.decodeSequences(), counts.kvTokens(), (ended - since) / 1000));
    }

    /** What was added since the last call, at most the latest few. */
    List<StepSample> take() {
        List<StepSample> taken = List.copyOf(samples);
        samples.clear();
        return taken;
    }
}
