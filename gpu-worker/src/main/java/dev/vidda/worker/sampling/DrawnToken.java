package dev.vidda.worker.sampling;

import dev.vidda.protocol.TokenLogprobs;
import org.jspecify.annotations.Nullable;

/**
 * A token that was drawn.
 *
 * @param token its id, or {@link dev.vidda.worker.step.StepResult#NO_TOKEN} when the logits hold no usable number
 * @param logprobs its log probabilities, when asked for
 */
public record DrawnToken(int token, @Nullable TokenLogprobs logprobs) {}
