package dev.vidda.bench;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import javax.net.ssl.SSLContext;

/**
 * What all requests of a run have in common.
 *
 * @param maxTokens the most generated tokens of each
 * @param ignoreEos generate exactly {@code maxTokens}
 * @param tls whom to trust with https, if not whom Java trusts
 * @param timeout from sending a request to the end of its stream
 */
public record RequestOptions(
        String model,
        Optional<String> apiKey,
        int maxTokens,
        double temperature,
        OptionalLong seed,
        boolean ignoreEos,
        Optional<SSLContext> tls,
        Duration timeout) {}
