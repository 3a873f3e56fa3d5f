package dev.vidda.worker.engine;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Which sequences a step computes, and how many tokens of each. Reused from step to step. */
final class StepPlan {
    private final @Nullable Sequence[] sequences;
    private final int[] counts;
    private int size;
    private int tokens;

    StepPlan(int maxSequences) {
        sequences = new Sequence[maxSequences];
        counts = new int[maxSequences];
    }

    void clear() {
        Arrays.fill(sequences, 0, size, null);
        size = 0;
        tokens = 0;
    }

    void add(Sequence sequence, int count) {
        sequences[size] = sequence;
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
}
