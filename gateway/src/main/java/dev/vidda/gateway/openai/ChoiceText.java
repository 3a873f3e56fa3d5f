package dev.vidda.gateway.openai;

import dev.vidda.gateway.message.MessageDelta;
import dev.vidda.gateway.message.MessageParser;
import dev.vidda.gateway.text.IncrementalDetokenizer;
import dev.vidda.gateway.text.StopStringMatcher;
import dev.vidda.gateway.text.TokenTable;
import dev.vidda.protocol.Finish;
import dev.vidda.protocol.TokenDelta;
import dev.vidda.protocol.TokenLogprobs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
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
    private final MessageParser parser;
    private final List<Integer> tokens = new ArrayList<>();
    private final List<TokenLogprobs> logprobs = new ArrayList<>();
    private int count;
    private int reasoningTokens;
    private boolean fresh;
    private boolean finished;
    private int takenOffset;
    private int offset;
    private @Nullable Ending ending;

    /** @param continuation whether the text goes on from the prompt's, instead of being one of its own */
    ChoiceText(PreparedRequest request, boolean continuation) {
        this.request = request;
        this.table = request.model().text().tokenizer().tokens();
        IntPredicate hidden = hidden(request);
        this.detokenizer = continuation
                ? IncrementalDetokenizer.forContinuation(table, hidden)
                : IncrementalDetokenizer.forWholeText(table, hidden);
        this.parser = request.style().parser();
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

    /** What is certain of the message and all tokens since the last time; tokens wait while nothing is certain. */
    Piece take() {
        fresh = false;
        if (ending != null && !finished) {
            finished = true;
            parser.finish();
            ending = parser.finishesWithCalls() ? ending.withCalls() : ending;
        }
        MessageDelta delta = parser.take();
        if (ending == null && delta.isEmpty()) {
            return new Piece(delta, List.of(), List.of(), takenOffset);
        }
        Piece piece = new Piece(delta, tokens, logprobs, takenOffset);
        takenOffset = offset;
        tokens.clear();
        logprobs.clear();
        return piece;
    }

    boolean hasText() {
        return fresh;
    }

    Optional<Ending> ending() {
        return Optional.ofNullable(ending);
    }

    /** Tokens of the reasoning. */
    int reasoningTokens() {
        return reasoningTokens;
    }

    /** Tokens generated so far, up to the one that ended the text. */
    int count() {
        return count;
    }

    private static IntPredicate hidden(PreparedRequest request) {
        if (!request.output().skipSpecialTokens()) {
            return token -> false;
        }
        TokenTable table = request.model().text().tokenizer().tokens();
        Set<Integer> markers = request.model().markers();
        boolean structured = request.style().tools().isPresent();
        return token -> table.isSpecial(token) && !(structured && markers.contains(token));
    }

    private void accept(int token) {
        count++;
        if (parser.isReasoning()) {
            reasoningTokens++;
        }
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
            write(piece);
            return;
        }
        StopStringMatcher.Step step = stops.append(piece);
        write(step.text());
        step.stopString().ifPresent(found -> ending = Ending.stopString(found));
    }

    private void write(String text) {
        if (!text.isEmpty()) {
            fresh = true;
            parser.accept(text);
        }
    }

    private void finish(Finish finish) {
        append(detokenizer.finish());
        write(stops.finish());
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
