package dev.vidda.worker.engine;

import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.TokenIds;
import dev.vidda.protocol.kv.KvCost;
import dev.vidda.worker.step.ModelRunner;
import dev.vidda.worker.step.SampleLimits;
import java.util.Optional;

/** Whether a request can ever run on a worker: its tokens, its length, its blocks. */
final class RequestCheck {
    private final ModelRunner runner;

    RequestCheck(ModelRunner runner) {
        this.runner = runner;
    }

    /** What stands in the way, with the limit and the value; empty if nothing does. */
    Optional<String> problem(GenerationRequest request) {
        if (request.samples() > Engine.MOST_SAMPLES) {
            return Optional.of(
                    request.samples() + " samples were asked for, at most " + Engine.MOST_SAMPLES + " are possible");
        }
        Optional<String> sampling = SampleLimits.problem(request.sampling());
        if (sampling.isPresent()) {
            return sampling;
        }
        return promptProblem(request).or(() -> continuationProblem(request));
    }

    private Optional<String> promptProblem(GenerationRequest request) {
        int prompt = request.prompt().size();
        if (prompt >= runner.maxModelLength()) {
            return Optional.of(
                    "the prompt has " + prompt + " tokens, which leaves no room for an answer in the model's "
                            + "context of " + runner.maxModelLength() + " tokens");
        }
        Optional<String> unknown = unknownToken(request.prompt(), "prompt");
        if (unknown.isPresent()) {
            return unknown;
        }
        int newTokens = lengthLimit(request) - prompt;
        int blocks = KvCost.blocks(runner.kvShape(), prompt, newTokens, 1);
        if (blocks > runner.kvBlocks()) {
            return Optional.of("a prompt of " + prompt + " tokens and " + newTokens + " generated ones need " + blocks
                    + " KV blocks of " + runner.kvShape().blockTokens() + " tokens, but the pool has "
                    + runner.kvBlocks() + " (at most " + KvCost.longestContext(runner.kvShape(), runner.kvBlocks())
                    + " tokens)");
        }
        return Optional.empty();
    }

    private Optional<String> continuationProblem(GenerationRequest request) {
        for (GenerationRequest.Continuation sample : request.continued()) {
            int length = request.prompt().size() + sample.generated().size();
            if (length >= lengthLimit(request)) {
                return Optional.of("sample " + sample.choice() + " has " + length + " tokens already, but ends at "
                        + lengthLimit(request));
            }
            Optional<String> unknown = unknownToken(sample.generated(), "answer so far");
            if (unknown.isPresent()) {
                return unknown;
            }
        }
        return Optional.empty();
    }

    private Optional<String> unknownToken(TokenIds tokens, String where) {
        for (int i = 0; i < tokens.size(); i++) {
            int id = tokens.get(i);
            if (id < 0 || id >= runner.vocabSize()) {
                return Optional.of("token " + i + " of the " + where + " is " + id + ", but the model knows 0 to "
                        + (runner.vocabSize() - 1));
            }
        }
        return Optional.empty();
    }

    /** Prompt and generated tokens at which the request's sequences end. */
    int lengthLimit(GenerationRequest request) {
        long asked = (long) request.prompt().size() + request.sampling().maxTokens();
        return (int) Math.min(asked, runner.maxModelLength());
    }
}
