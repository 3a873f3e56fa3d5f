package dev.vidda.gateway.openai;

import dev.vidda.protocol.TokenDelta;
import java.util.Optional;

/** The texts of an answer by themselves, one sample for each prompt. Not thread-safe. */
public final class TextAnswer {
    private final PreparedRequest request;
    private final Choices choices;

    public TextAnswer(PreparedRequest request) {
        this.request = request;
        this.choices = new Choices(request, false);
    }

    /** @throws ApiException if the engine could not finish it */
    public void accept(int prompt, TokenDelta delta) {
        choices.accept(prompt, delta);
    }

    /** The text of a prompt's answer that has come since the last time. */
    public String take(int prompt) {
        ChoiceText choice = choices.get(prompt);
        return choice.hasText() || choice.ending().isPresent() ? choice.take().text() : "";
    }

    public Optional<String> finishReason(int prompt) {
        return choices.get(prompt).ending().map(Ending::reason);
    }

    public Usage usage(int prompt) {
        return new Usage(
                request.prompts().get(prompt).ids().size(),
                choices.get(prompt).count(),
                choices.cachedTokens(prompt),
                0);
    }

    public boolean allEnded() {
        return choices.allEnded();
    }
}
