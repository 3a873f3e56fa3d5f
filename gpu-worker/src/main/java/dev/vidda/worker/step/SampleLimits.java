package dev.vidda.worker.step;

import dev.vidda.protocol.Sampling;
import java.util.Optional;

/** How much a request may ask of sampling, so that devices can keep room for it. */
public final class SampleLimits {
    /** The most likely tokens whose log probabilities are given. */
    public static final int MOST_TOP_LOGPROBS = 128;

    /** Tokens with a bias. */
    public static final int MOST_BIASES = 1024;

    /** Tokens that end a sequence. */
    public static final int MOST_STOP_TOKENS = 256;

    private SampleLimits() {}

    /** What is too much, with the limit and the value; empty if nothing is. */
    public static Optional<String> problem(Sampling sampling) {
        if (sampling.topLogprobs() > MOST_TOP_LOGPROBS) {
            return tooMany("log probabilities of " + sampling.topLogprobs() + " tokens", MOST_TOP_LOGPROBS);
        }
        if (sampling.logitBias().size() > MOST_BIASES) {
            return tooMany("biases of " + sampling.logitBias().size() + " tokens", MOST_BIASES);
        }
        if (sampling.stopTokens().size() > MOST_STOP_TOKENS) {
            return tooMany(sampling.stopTokens().size() + " stop tokens", MOST_STOP_TOKENS);
        }
        return Optional.empty();
    }

    private static Optional<String> tooMany(String asked, int most) {
        return Optional.of(asked + " were asked for, at most " + most + " are possible");
    }
}
