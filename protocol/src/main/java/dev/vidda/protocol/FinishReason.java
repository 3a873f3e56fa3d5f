package dev.vidda.protocol;

/** Why a sequence ended. A failure is never reported as {@link #LENGTH}. */
public enum FinishReason {
    /** A stop token was drawn. */
    STOP,
    /** {@link Sampling#maxTokens()} or the model's context length was reached. */
    LENGTH,
    /** The gateway asked for it. */
    CANCELLED,
    /** The worker drains: the sequence continues on another one. */
    HANDED_OVER,
    /** The worker could not go on; {@link Finish#message()} says why. */
    FAILED
}
