package dev.vidda.worker.sampling;

import dev.vidda.protocol.Sampling;
import dev.vidda.worker.step.SampleState;
import java.util.List;
import java.util.Map;

/** A sequence frozen before one draw, and a sampling in which a test changes what it is about. */
record TestSample(Sampling sampling, long seed, int[] tokenIds, int promptLength) implements SampleState {
    static TestSample of(Sampling sampling) {
        return new TestSample(sampling, sampling.seed(), new int[] {0}, 1);
    }

    @Override
    public int generated() {
        return length() - promptLength;
    }

    @Override
    public int length() {
        return tokenIds.length;
    }

    /** The same sample when it has generated {@code count} tokens. */
    TestSample afterGenerating(int count) {
        return new TestSample(sampling, seed, new int[promptLength + count], promptLength);
    }

    static Sampling filters(float temperature, int topK, float topP, float minP, long seed) {
        return new Sampling(temperature, topK, topP, minP, 1, 0, 0, Map.of(), seed, List.of(), 0, 100, -1);
    }

    static Sampling penalties(float repetition, float presence, float frequency, Map<Integer, Float> bias) {
        return new Sampling(0, 0, 1, 0, repetition, presence, frequency, bias, 0, List.of(), 0, 100, -1);
    }
}
