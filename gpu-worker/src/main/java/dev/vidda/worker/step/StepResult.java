package dev.vidda.worker.step;

import dev.vidda.protocol.TokenLogprobs;
import org.jspecify.annotations.Nullable;

/** The tokens a step drew, one for each entry of {@link StepBatch#sampleRows()}, in that order. */
public final class StepResult {
    /** In place of a token: the logits held no usable number (NaN or an overflow). The sequence fails, no other does. */
    public static final int NO_TOKEN = -1;

    /** In place of a time that the device does not measure. */
    public static final long UNKNOWN = -1;

    private final int[] tokens;
    private final @Nullable TokenLogprobs[] logprobs;
    private int size;
    private long computeNanos = UNKNOWN;
    private long idleNanos = UNKNOWN;

    public StepResult(int capacity) {
        tokens = new int[capacity];
        logprobs = new TokenLogprobs[capacity];
    }

    public void clear() {
        size = 0;
        took(UNKNOWN, UNKNOWN);
    }

    /** Appends the next drawn token, or {@link #NO_TOKEN}; {@code tokenLogprobs} only where the sequence asked for them. */
    public void add(int token, @Nullable TokenLogprobs tokenLogprobs) {
        tokens[size] = token;
        logprobs[size++] = tokenLogprobs;
    }

    public int size() {
        return size;
    }

    public int token(int index) {
        return tokens[index];
    }

    public @Nullable TokenLogprobs logprobs(int index) {
        return logprobs[index];
    }

    /** How long the device computed, and how long it did nothing between the step before and this one. */
    public void took(long compute, long idle) {
        computeNanos = compute;
        idleNanos = idle;
    }

    /** Nanoseconds the device computed, or {@link #UNKNOWN}. */
    public long computeNanos() {
        return computeNanos;
    }

    /** Nanoseconds the device did nothing between the step before and this one, or {@link #UNKNOWN}. */
    public long idleNanos() {
        return idleNanos;
    }
}
