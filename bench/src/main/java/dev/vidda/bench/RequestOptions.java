package dev.vidda.bench;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What all requests of a run have in common.
 *
 * @param maxTokens the most generated tokens of each
 * @param ignoreEos generate exactly {@code maxTokens}
 * @param timeout from sending a request to the end of its stream
 */
public record RequestOptions(
        String model,
        Optional<String> apiKey,
        int maxTokens,
        double temperature,
        OptionalLong seed,
        boolean ignoreEos,
        Duration timeout) {}
