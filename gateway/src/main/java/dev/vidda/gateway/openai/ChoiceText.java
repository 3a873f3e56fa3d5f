package dev.vidda.gateway.openai;

import dev.vidda.gateway.text.IncrementalDetokenizer;
import dev.vidda.gateway.text.StopStringMatcher;
import dev.vidda.gateway.text.TokenTable;
import dev.vidda.protocol.Finish;
import dev.vidda.protocol.TokenDelta;
import dev.vidda.protocol.TokenLogprobs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One choice in the making: its tokens become text, held back while a character is incomplete or a stop string may have
 * begun. Tokens wait for the text they belong to, so that each {@link Piece} holds both. Not thread-safe.
 */
final class ChoiceText {
    private final PreparedRequest request;
    private final TokenTable table;
    private final IncrementalDetokenizer detokenizer;
    private final StopStringMatcher stops;
    private final StringBuilder text = new StringBuilder();
    private final List<Integer> tokens = new ArrayList<>();
    private final List<TokenLogprobs> logprobs = new ArrayList<>();
    private int count;
    private int takenOffset;
    private int offset;
    private @Nullable Ending ending;

    /** @param continuation whether the text goes on from the prompt's, instead of being one of its own */
    ChoiceText(PreparedRequest request, boolean continuation) {
        this.request = request;
        this.table = request.model().text().tokenizer().tokens();
        boolean skip = request.output().skipSpecialTokens();
        this.detokenizer = continuation
                ? IncrementalDetokenizer.forContinuation(table, skip)
                : IncrementalDetokenizer.forWholeText(table, skip);
        this.stops =
                StopStringMatcher.of(request.stop().strings(), request.stop().includeStop());
    }

    /** Takes what one step added. What comes after the end is ignored. */
    void accept(TokenDelta delta) {
        for (int i = 0; i < delta.tokens().size() && ending == null; i++) {
            if (!delta.logprobs().isEmpty()) {
                logprobs.add(delta.logprobs().get(i));
            }
            accept(delta.tokens().get(i));
        }
        if (ending == null) {
            delta.finish().ifPresent(this::finish);
        }
    }

    /** The text that is certain and all tokens since the last time. */
    Piece take() {
        Piece piece = new Piece(text.toString(), tokens, logprobs, takenOffset);
        takenOffset = offset;
        text.setLength(0);
        tokens.clear();
        logprobs.clear();
        return piece;
    }

    boolean hasText() {
        return !text.isEmpty();
    }

    Optional<Ending> ending() {
        return Optional.ofNullable(ending);
    }

    /** Tokens generated so far, up to the one that ended the text. */
    int count() {
        return count;
    }

    private void accept(int token) {
        count++;
        tokens.add(token);
        if (request.output().logprobs()) {
            offset += table.text(token).length();
        }
        boolean stopToken = request.stopTokens().contains(token);
        if (!stopToken || request.stop().includeStop()) {
            append(detokenizer.append(token));
        }
    }

    private void append(String piece) {
        if (count < request.stop().minTokens()) {
            text.append(piece);
            return;
        }
        StopStringMatcher.Step step = stops.append(piece, count - 1);
        text.append(step.text());
        step.match().ifPresent(match -> ending = Ending.stopString(match.stopString()));
    }

    private void finish(Finish finish) {
        append(detokenizer.finish());
        text.append(stops.finish());
        if (ending != null) {
            return;
        }
        ending = switch (finish.reason()) {
            case STOP ->
                request.stop().tokenIds().contains(finish.stopToken())
                        ? Ending.stopToken(finish.stopToken())
                        : Ending.END_OF_SEQUENCE;
            case LENGTH -> Ending.LENGTH;
            case CANCELLED, HANDED_OVER ->
                throw new ApiException(ApiError.engine("cancelled", "The worker stopped the request before its end."));
            case FAILED ->
                throw new ApiException(ApiError.engine(
                        "engine_failure", finish.message().isBlank() ? "The engine failed." : finish.message()));
        };
    }
}
