package dev.vidda.worker.step;

import dev.vidda.protocol.Sampling;
import org.jspecify.annotations.Nullable;

/**
 * What drawing a sequence's next token depends on beside the logits. Read by the {@link ModelRunner} during launch, changed
 * by the engine at other times only.
 */
public interface SampleState {
    Sampling sampling();

    /** The seed of this sample: {@code sampling().seed()} plus the number of the sample. */
    long seed();

    /** Index of the token to be drawn among the generated ones, from 0. */
    int generated();

    /**
     * The sequence's token ids, prompt first; {@code [0, length())} count. The last one is that of the row it is sampled
     * from; it is not there yet when that row takes the token from the step before ({@link StepBatch#addDrawn}).
     */
    int[] tokenIds();

    int promptLength();

    /** Prompt and generated tokens so far, one that is not read yet among them. */
    int length();

    /** What limits the token to be drawn; null for nothing. */
    default @Nullable DrawLimit limit() {
        return null;
    }
}
