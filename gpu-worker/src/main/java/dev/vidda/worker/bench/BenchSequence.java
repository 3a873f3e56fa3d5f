package dev.vidda.worker.bench;

import dev.vidda.protocol.Sampling;
import dev.vidda.worker.step.SampleState;
import dev.vidda.worker.step.StepBatch;
import java.util.Arrays;
import java.util.List;

/** A greedy sequence with blocks of its own. */
final class BenchSequence implements SampleState {
    private final int promptLength;
    private final int[] tokens;
    private final int[] blocks;
    private final Sampling sampling;
    private int length;

    BenchSequence(int[] prompt, int newTokens, int[] blocks) {
        promptLength = prompt.length;
        length = prompt.length;
        tokens = Arrays.copyOf(prompt, prompt.length + newTokens);
        sampling = Sampling.greedy(newTokens, List.of());
        this.blocks = blocks;
    }

    void addTo(StepBatch batch, int first, int count, int blockTokens, boolean sampled) {
        batch.add(tokens, first, count, blocks, blocks.length, blockTokens, sampled ? this : null);
    }

    void append(int token) {
        tokens[length++] = token;
    }

    @Override
    public Sampling sampling() {
        return sampling;
    }

    @Override
    public long seed() {
        return 0;
    }

    @Override
    public int generated() {
        return length - promptLength;
    }

    @Override
    public int[] tokenIds() {
        return tokens;
    }

    @Override
    public int promptLength() {
        return promptLength;
    }

    @Override
    public int length() {
        return length;
    }
}
