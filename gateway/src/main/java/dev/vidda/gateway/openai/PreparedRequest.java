package dev.vidda.gateway.openai;

import dev.vidda.gateway.message.MessageStyle;
import dev.vidda.protocol.Constraint;
import dev.vidda.protocol.Sampling;
import dev.vidda.protocol.TokenIds;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A request that passed all checks of its own: what to run, and how to turn the result into an answer.
 *
 * @param model id under which the model is served
 * @param prompts one entry for each prompt
 * @param stopTokens tokens that end a sequence
 * @param style how the text of its answers is to be read
 * @param constraint what each text must be
 * @param timings when what happened to it
 * @param user who the request is for, or empty
 */
public record PreparedRequest(
        ServedModel model,
        List<Prompt> prompts,
        OutputOptions output,
        StopOptions stop,
        Set<Integer> stopTokens,
        MessageStyle style,
        Optional<Constraint> constraint,
        String user,
        String cacheSalt,
        Timings timings) {

    /**
     * One prompt.
     *
     * @param echo what each of its choices begins with; empty unless asked for
     */
    public record Prompt(TokenIds ids, Sampling sampling, String echo) {}

    public PreparedRequest {
        prompts = List.copyOf(prompts);
        stopTokens = Set.copyOf(stopTokens);
    }

    /** Whether the client wants its answer in chunks. */
    public boolean streaming() {
        return output.stream();
    }

    /** Choices for each prompt. */
    public int samples() {
        return output.n();
    }

    /** Choices of all prompts. */
    public int choices() {
        return prompts.size() * samples();
    }
}
