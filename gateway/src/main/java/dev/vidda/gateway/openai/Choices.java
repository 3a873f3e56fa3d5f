package dev.vidda.gateway.openai;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.vidda.protocol.TokenDelta;
import java.io.IOException;
import java.util.ArrayList;
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

    /** The field {@code usage}; how much came from the cache is known at the end only. */
    void writeUsage(JsonGenerator out, boolean end) throws IOException {
        int prompt = request.prompts().stream().mapToInt(p -> p.ids().size()).sum();
        int completion = choices.stream().mapToInt(ChoiceText::count).sum();
        out.writeObjectFieldStart("usage");
        out.writeNumberField("prompt_tokens", prompt);
        out.writeNumberField("completion_tokens", completion);
        out.writeNumberField("total_tokens", prompt + completion);
        if (end) {
            int cached = 0;
            for (int tokens : cachedTokens) {
                cached += tokens;
            }
            out.writeObjectFieldStart("prompt_tokens_details");
            out.writeNumberField("cached_tokens", cached);
            out.writeEndObject();
            int reasoning =
                    choices.stream().mapToInt(ChoiceText::reasoningTokens).sum();
            if (reasoning > 0) {
                out.writeObjectFieldStart("completion_tokens_details");
                out.writeNumberField("reasoning_tokens", reasoning);
                out.writeEndObject();
            }
        }
        out.writeEndObject();
    }
}
