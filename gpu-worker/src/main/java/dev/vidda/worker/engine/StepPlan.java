package dev.vidda.worker.engine;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Which sequences a step computes, and how many tokens of each. Reused from step to step. */
final class StepPlan {
    /** In place of the number of a draw: the sequence is not done with its prompt. */
    static final int NO_DRAW = -1;

    private final @Nullable Sequence[] sequences;
    private final int[] counts;
    private final int[] draws;
    private int size;
    private int tokens;

    StepPlan(int maxSequences) {
        sequences = new Sequence[maxSequences];
        counts = new int[maxSequences];
        draws = new int[maxSequences];
    }

    void clear() {
        Arrays.fill(sequences, 0, size, null);
        size = 0;
        tokens = 0;
    }

    void add(Sequence sequence, int count) {
        sequences[size] = sequence;
        draws[size] = NO_DRAW;
        counts[size++] = count;
        tokens += count;
    }

    int size() {
        return size;
    }

    int tokens() {
        return tokens;
    }

    Sequence sequence(int index) {
        return Objects.requireNonNull(sequences[index]);
    }

    int count(int index) {
        return counts[index];
    }

    /** Which of the step's drawn tokens is the sequence's, or {@link #NO_DRAW}. */
    int draw(int index) {
        return draws[index];
    }

    void assignDraw(int index, int draw) {
        draws[index] = draw;
    }
}
