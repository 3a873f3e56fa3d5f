package dev.vidda.worker.step;

/** Limits which token can be drawn next. */
public interface DrawLimit {
    /** Makes the logits in {@code [offset, offset + vocabSize)} of all other tokens negative infinity. */
    void apply(float[] logits, int offset, int vocabSize);
}
