package dev.vidda.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Optional;

/**
 * A prompt to continue.
 *
 * @param id unique among all requests of the cluster
 * @param samples parallel continuations of the prompt; sample {@code i} draws with seed {@code sampling.seed() + i}
 * @param cacheSalt prefix blocks are shared only among requests with the same salt
 * @param continued the samples to go on with, when the request ran elsewhere before; empty for all from the start
 * @param constraint what the generated text must be; empty for any text
 * @param trace the span under which its own go, as in the header {@code traceparent}; empty when nothing is recorded
 */
public record GenerationRequest(
        String id,
        TokenIds prompt,
        int samples,
        Sampling sampling,
        String cacheSalt,
        List<Continuation> continued,
        Optional<Constraint> constraint,
        @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> trace) {
    /**
     * A sample that has tokens already. They count as generated: for penalties, lengths and random numbers.
     *
     * @param choice which sample
     * @param generated its tokens so far; none of them ended it
     */
    public record Continuation(int choice, TokenIds generated) {}

    public GenerationRequest {
        if (prompt.isEmpty()) {
            throw new IllegalArgumentException("the prompt of request " + id + " is empty");
        }
        if (samples < 1) {
            throw new IllegalArgumentException("samples must be at least 1, was " + samples);
        }
        continued = List.copyOf(continued);
        for (Continuation sample : continued) {
            if (sample.choice() < 0 || sample.choice() >= samples) {
                throw new IllegalArgumentException(
                        "continued choice must be in [0, " + samples + "), was " + sample.choice());
            }
        }
    }

    /** A request that leaves no trace. */
    public GenerationRequest(
            String id,
            TokenIds prompt,
            int samples,
            Sampling sampling,
            String cacheSalt,
            List<Continuation> continued,
            Optional<Constraint> constraint) {
        this(id, prompt, samples, sampling, cacheSalt, continued, constraint, Optional.empty());
    }

    /** The same request, with spans under this one. */
    public GenerationRequest under(Optional<String> span) {
        return new GenerationRequest(id, prompt, samples, sampling, cacheSalt, continued, constraint, span);
    }

    /** A request for any text. */
    public GenerationRequest(
            String id,
            TokenIds prompt,
            int samples,
            Sampling sampling,
            String cacheSalt,
            List<Continuation> continued) {
        this(id, prompt, samples, sampling, cacheSalt, continued, Optional.empty());
    }

    /** A request that starts at its prompt's end. */
    public GenerationRequest(String id, TokenIds prompt, int samples, Sampling sampling, String cacheSalt) {
        this(id, prompt, samples, sampling, cacheSalt, List.of());
    }

    /** Its samples that have not ended: all of them, or those to go on with. */
    public int openSamples() {
        return continued.isEmpty() ? samples : continued.size();
    }
}
