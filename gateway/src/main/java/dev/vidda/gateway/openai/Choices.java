package dev.vidda.gateway.openai;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.vidda.protocol.TokenDelta;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** All choices of an answer: sample {@code i} of prompt {@code p} is choice {@code p * n + i}. Counts the usage. */
final class Choices {
    private final PreparedRequest request;
    private final List<ChoiceText> choices = new ArrayList<>();
    private final int[] cachedTokens;
    private int open;

    Choices(PreparedRequest request, boolean continuation) {
        this.request = request;
        this.open = request.choices();
        for (int i = 0; i < open; i++) {
            choices.add(new ChoiceText(request, continuation));
        }
        this.cachedTokens = new int[request.prompts().size()];
    }

    /** Takes a delta of a prompt's request and returns the index of the choice it belongs to. */
    int accept(int prompt, TokenDelta delta) {
        int index = prompt * request.samples() + delta.choice();
        ChoiceText choice = choices.get(index);
        boolean wasOpen = choice.ending().isEmpty();
        choice.accept(delta);
        if (wasOpen && choice.ending().isPresent()) {
            open--;
        }
        delta.finish()
                .ifPresent(finish -> cachedTokens[prompt] = Math.max(cachedTokens[prompt], finish.cachedTokens()));
        return index;
    }

    ChoiceText get(int index) {
        return choices.get(index);
    }

    PreparedRequest.Prompt promptOf(int index) {
        return request.prompts().get(index / request.samples());
    }

    int size() {
        return choices.size();
    }

    boolean allEnded() {
        return open == 0;
    }

    /** Tokens of a prompt that were found in the prefix cache. */
    int cachedTokens(int prompt) {
        return cachedTokens[prompt];
    }

    /** What the answer took so far. */
    Usage usage() {
        return new Usage(
                request.prompts().stream().mapToInt(p -> p.ids().size()).sum(),
                choices.stream().mapToInt(ChoiceText::count).sum(),
                Arrays.stream(cachedTokens).sum(),
                choices.stream().mapToInt(ChoiceText::reasoningTokens).sum());
    }

    /** The field {@code usage}; how much came from the cache is known at the end only. */
    void writeUsage(JsonGenerator out, boolean end) throws IOException {
        Usage usage = usage();
        out.writeObjectFieldStart("usage");
        out.writeNumberField("prompt_tokens", usage.prompt());
        out.writeNumberField("completion_tokens", usage.completion());
        out.writeNumberField("total_tokens", usage.prompt() + usage.completion());
        if (end) {
            out.writeObjectFieldStart("prompt_tokens_details");
            out.writeNumberField("cached_tokens", usage.cached());
            out.writeEndObject();
            if (usage.reasoning() > 0) {
                out.writeObjectFieldStart("completion_tokens_details");
                out.writeNumberField("reasoning_tokens", usage.reasoning());
                out.writeEndObject();
            }
            request.timings().write(out, usage.completion());
        }
        out.writeEndObject();
    }
}
