package dev.vidda.worker.engine;

import dev.vidda.protocol.Finish;
import dev.vidda.protocol.FinishReason;
import dev.vidda.protocol.TokenDelta;
import dev.vidda.protocol.TokenIds;
import dev.vidda.protocol.TokenLogprobs;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a gateway is told of a sequence. */
final class Deltas {
    private Deltas() {}

    /** The token that {@code sequence} has just read, and its end if it ends with it. */
    static TokenDelta ofLastToken(Sequence sequence, @Nullable TokenLogprobs logprobs) {
        int token = sequence.tokenIds()[sequence.known() - 1];
        return new TokenDelta(
                sequence.request().id(),
                sequence.choice(),
                sequence.knownGenerated() - 1,
                TokenIds.of(token),
                logprobs == null ? List.of() : List.of(logprobs),
                finishAfter(sequence, token));
    }

    private static Optional<Finish> finishAfter(Sequence sequence, int token) {
        if (sequence.knownGenerated() >= sequence.sampling().minTokens() && sequence.isStopToken(token)) {
            return Optional.of(finish(sequence, FinishReason.STOP, token, ""));
        }
        if (sequence.isAtEndOfGrammar()) {
            return Optional.of(finish(sequence, FinishReason.STOP, -1, ""));
        }
        return sequence.known() == sequence.lengthLimit()
                ? Optional.of(finish(sequence, FinishReason.LENGTH, -1, ""))
                : Optional.empty();
    }

    /** The end of a sequence without a further token. */
    static TokenDelta ofEnd(Sequence sequence, FinishReason reason, String message) {
        return new TokenDelta(
                sequence.request().id(),
                sequence.choice(),
                sequence.knownGenerated(),
                TokenIds.EMPTY,
                List.of(),
                Optional.of(finish(sequence, reason, -1, message)));
    }

    private static Finish finish(Sequence sequence, FinishReason reason, int stopToken, String message) {
        return new Finish(reason, stopToken, sequence.cachedTokens(), sequence.preemptions(), message);
    }
}
