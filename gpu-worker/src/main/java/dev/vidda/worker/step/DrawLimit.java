package dev.vidda.worker.step;

/** Limits which token can be drawn next. */
public interface DrawLimit {
    /** Whether what it allows is known by now, so that nobody has to wait for it. */
    boolean isReady();

    /**
     * Sets the bit of every allowed token (token {@code i} is bit {@code i % 64} of word {@code i / 64}) and clears all others;
     * waits until they are known.
     */
    void allowed(long[] bits);

    /** Makes the logits in {@code [offset, offset + vocabSize)} of all other tokens negative infinity. */
    void apply(float[] logits, int offset, int vocabSize);
}
