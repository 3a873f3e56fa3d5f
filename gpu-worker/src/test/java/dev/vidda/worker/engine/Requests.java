package dev.vidda.worker.engine;

import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.Sampling;
import dev.vidda.protocol.TokenIds;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Requests as tests want them. */
public final class Requests {
    private Requests() {}

    /** A prompt of {@code length} tokens that begins like any other with the same {@code start}. */
    public static TokenIds prompt(int start, int length) {
        return TokenIds.of(
                IntStream.range(0, length).map(i -> (start + 7 * i) % 90).toArray());
    }

    public static GenerationRequest request(String id, TokenIds prompt, int maxTokens) {
        return request(id, prompt, 1, sampling(0, maxTokens, List.of(), 0));
    }

    public static GenerationRequest request(String id, TokenIds prompt, int samples, Sampling sampling) {
        return new GenerationRequest(id, prompt, samples, sampling, "");
    }

    public static Sampling sampling(long seed, int maxTokens, List<Integer> stopTokens, int minTokens) {
        return new Sampling(1, 0, 1, 0, 1, 0, 0, Map.of(), seed, stopTokens, minTokens, maxTokens, -1);
    }

    public static EngineSettings settings(int maxBatchTokens, int maxBatchSequences) {
        return new EngineSettings(maxBatchTokens, maxBatchSequences, 0.25, 3, 0.01, true);
    }
}
