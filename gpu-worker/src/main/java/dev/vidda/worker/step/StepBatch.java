package dev.vidda.worker.step;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The input of one step, for all its sequences: a row for each token to compute, sequences one after the other.
 *
 * <p>Plain arrays of fixed capacity, refilled for each step, so that a device copies them as they are and captured
 * graphs find every varying value in the same place. Read-only for the {@link ModelRunner}.
 *
 * <pre>
 *   row              0 1 2 3 | 4 | 5 6 7       queryStarts  0 4 5 8     sequence s has rows
 *   sequence         0       | 1 | 2           contexts     4 90 35     queryStarts[s] until queryStarts[s + 1]
 *   positions        0 1 2 3 |89 | 32 33 34    sampleRows   4 7         (sequence 0 is not done with its prompt)
 * </pre>
 */
public final class StepBatch {
    private final int maxTokens;
    private final int maxSequences;

    private final int[] tokenIds;
    private final int[] positions;
    private final int[] slots;
    private final int[] queryStarts;
    private final int[] contexts;
    private final int[] blockStarts;
    private int[] blockIds;
    private final int[] sampleRows;
    private final SampleState[] samples;

    private int tokens;
    private int sequences;
    private int sampled;

    /**
     * @param maxTokens the most rows of a step
     * @param maxSequences the most sequences of a step
     */
    public StepBatch(int maxTokens, int maxSequences) {
        this.maxTokens = maxTokens;
        this.maxSequences = maxSequences;
        tokenIds = new int[maxTokens];
        positions = new int[maxTokens];
        slots = new int[maxTokens];
        queryStarts = new int[maxSequences + 1];
        contexts = new int[maxSequences];
        blockStarts = new int[maxSequences + 1];
        blockIds = new int[1024];
        sampleRows = new int[maxSequences];
        samples = new SampleState[maxSequences];
    }

    /** Empties the batch for the next step. */
    public void clear() {
        Arrays.fill(samples, 0, sampled, null);
        tokens = 0;
        sequences = 0;
        sampled = 0;
    }

    /**
     * Adds the rows of one sequence.
     *
     * @param ids the sequence's token ids; rows are made of {@code ids[first .. first + count)}, whose positions are
     *     their indices
     * @param table the sequence's blocks in order; must cover all {@code first + count} tokens
     * @param tableLength how many entries of {@code table} count
     * @param blockTokens tokens in a block
     * @param sample how to draw the token after the last row, or null when the prompt is not done
     * @throws IllegalStateException if the batch is full
     */
    public void add(
            int[] ids,
            int first,
            int count,
            int[] table,
            int tableLength,
            int blockTokens,
            @Nullable SampleState sample) {
        requireRoom(count);
        System.arraycopy(ids, first, tokenIds, tokens, count);
        addRows(first, count, table, tableLength, blockTokens, sample);
    }

    private void requireRoom(int count) {
        if (sequences == maxSequences || tokens + count > maxTokens) {
            throw new IllegalStateException("batch full: " + sequences + " of " + maxSequences + " sequences, " + tokens
                    + " + " + count + " of " + maxTokens + " tokens");
        }
    }

    private void addRows(
            int first, int count, int[] table, int tableLength, int blockTokens, @Nullable SampleState sample) {
        for (int i = 0; i < count; i++) {
            int position = first + i;
            positions[tokens + i] = position;
            slots[tokens + i] = table[position / blockTokens] * blockTokens + position % blockTokens;
        }
        int used = Math.ceilDiv(first + count, blockTokens);
        if (used > tableLength) {
            throw new IllegalStateException(
                    "block table of " + tableLength + " blocks is too short for " + (first + count) + " tokens");
        }
        addBlocks(table, used);
        tokens += count;
        contexts[sequences] = first + count;
        queryStarts[++sequences] = tokens;
        if (sample != null) {
            sampleRows[sampled] = tokens - 1;
            samples[sampled++] = sample;
        }
    }

    /**
     * Adds one row for a sequence whose last token the step launched before this one draws.
     *
     * @param draw which of the tokens drawn by that step it is
     * @param position the token's position in its sequence
     * @param table the sequence's blocks in order; must cover the token
     * @param tableLength how many entries of {@code table} count
     * @param blockTokens tokens in a block
     * @param sample how to draw the token after it
     * @throws IllegalStateException if the batch is full
     */
    public void addDrawn(int draw, int position, int[] table, int tableLength, int blockTokens, SampleState sample) {
        requireRoom(1);
        tokenIds[tokens] = ~draw;
        addRows(position, 1, table, tableLength, blockTokens, sample);
    }

    private void addBlocks(int[] table, int used) {
        int start = blockStarts[sequences];
        if (start + used > blockIds.length) {
            blockIds = Arrays.copyOf(blockIds, Math.max(2 * blockIds.length, start + used));
        }
        System.arraycopy(table, 0, blockIds, start, used);
        blockStarts[sequences + 1] = start + used;
    }

    public boolean isEmpty() {
        return sequences == 0;
    }

    /** Rows in use. */
    public int tokens() {
        return tokens;
    }

    /** Sequences in use. */
    public int sequences() {
        return sequences;
    }

    /** Rows that a token is drawn from. */
    public int sampled() {
        return sampled;
    }

    public int maxTokens() {
        return maxTokens;
    }

    public int maxSequences() {
        return maxSequences;
    }

    /** [tokens] token id of each row, or {@code ~i} for the {@code i}-th token drawn by the step launched before. */
    public int[] tokenIds() {
        return tokenIds;
    }

    /** [tokens] position of each row in its sequence, from 0. */
    public int[] positions() {
        return positions;
    }

    /** [tokens] where each row's key and value go: {@code block * blockTokens + offset}. */
    public int[] slots() {
        return slots;
    }

    /** [sequences + 1] first row of each sequence. */
    public int[] queryStarts() {
        return queryStarts;
    }

    /** [sequences] tokens each sequence attends to after this step, its new ones included. */
    public int[] contexts() {
        return contexts;
    }

    /** [sequences + 1] first entry of each sequence in {@link #blockIds()}. */
    public int[] blockStarts() {
        return blockStarts;
    }

    /** [blockStarts[sequences]] the sequences' block tables, one after the other. */
    public int[] blockIds() {
        return blockIds;
    }

    /** [sampled] rows whose next token is drawn. */
    public int[] sampleRows() {
        return sampleRows;
    }

    /** [sampled] how to draw it. */
    public SampleState[] samples() {
        return samples;
    }
}
