package dev.vidda.scheduler.placement;

import dev.vidda.protocol.StepSample;

/**
 * What a request would have a worker do.
 *
 * @param promptTokens of its prompt
 * @param savedTokens of them that the worker's cache holds
 * @param sequences that decode
 * @param kvTokens that its sequences keep, on average over their lives
 * @param outputTokens that each sequence generates, on average
 * @param itlTargetMillis time between two tokens that it asks for; 0 for none
 */
public record Work(
        int promptTokens, int savedTokens, int sequences, double kvTokens, double outputTokens, long itlTargetMillis) {
    /** Tokens of the prompt that it has to compute. */
    public int computedTokens() {
        return promptTokens - savedTokens;
    }

    /** Tokens that come to lie in the pool beside those that its cache holds. */
    double newTokens() {
        return computedTokens() + sequences * outputTokens;
    }

    /** Tokens that one of its prompt attends to, on average. */
    double meanPairs() {
        return (promptTokens + 1) / 2.0;
    }

    double pairs() {
        return StepSample.pairs(computedTokens(), savedTokens);
    }
}
