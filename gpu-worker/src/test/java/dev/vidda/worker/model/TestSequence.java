package dev.vidda.worker.model;

import dev.vidda.protocol.Sampling;
import dev.vidda.worker.step.SampleState;
import java.util.Arrays;
import java.util.List;

/** A greedy sequence with its block table, driven by hand. */
final class TestSequence implements SampleState {
    private final int promptLength;
    private final int[] blocks;
    private int[] tokens;
    private int length;

    /** @param blocks enough for all tokens it will have */
    TestSequence(int[] prompt, int[] blocks) {
        this.blocks = blocks;
        promptLength = prompt.length;
        tokens = Arrays.copyOf(prompt, prompt.length + 64);
        length = prompt.length;
    }

    int[] blocks() {
        return blocks;
    }

    void append(int token) {
        if (length == tokens.length) {
            tokens = Arrays.copyOf(tokens, 2 * length);
        }
        tokens[length++] = token;
    }

    int[] generatedTokens() {
        return Arrays.copyOfRange(tokens, promptLength, length);
    }

    @Override
    public Sampling sampling() {
        return Sampling.greedy(64, List.of());
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
