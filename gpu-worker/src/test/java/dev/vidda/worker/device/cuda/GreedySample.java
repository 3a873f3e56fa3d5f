package dev.vidda.worker.device.cuda;

import dev.vidda.protocol.Sampling;
import dev.vidda.worker.step.SampleState;
import java.util.List;

/** A row whose most likely token is taken. */
record GreedySample(Sampling sampling, long seed, int generated) implements SampleState {
    static final GreedySample INSTANCE = new GreedySample(Sampling.greedy(64, List.of()), 0, 0);

    @Override
    public int[] tokenIds() {
        return new int[0];
    }

    @Override
    public int promptLength() {
        return 0;
    }

    @Override
    public int length() {
        return 0;
    }
}
