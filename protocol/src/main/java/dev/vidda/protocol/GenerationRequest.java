package dev.vidda.protocol;

/**
 * A prompt to continue.
 *
 * @param id unique among all requests of the cluster
 * @param samples parallel continuations of the prompt; sample {@code i} draws with seed {@code sampling.seed() + i}
 * @param cacheSalt prefix blocks are shared only among requests with the same salt
 */
public record GenerationRequest(String id, TokenIds prompt, int samples, Sampling sampling, String cacheSalt) {
    public GenerationRequest {
        if (prompt.isEmpty()) {
            throw new IllegalArgumentException("the prompt of request " + id + " is empty");
        }
        if (samples < 1) {
            throw new IllegalArgumentException("samples must be at least 1, was " + samples);
        }
    }
}
