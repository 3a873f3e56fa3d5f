package dev.vidda.gateway.stream;

import dev.vidda.protocol.Finish;
import dev.vidda.protocol.FinishReason;
import dev.vidda.protocol.GenerationRequest.Continuation;
import dev.vidda.protocol.TokenDelta;
import dev.vidda.protocol.TokenIds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The tokens that each sample of a request has: finds those that were lost or came twice, and says what is left to do when
 * the request moves. Not thread-safe.
 */
final class SampleTokens {
    private static final int ROOM_AT_FIRST = 16;

    private final int[][] tokens;
    private final int[] counts;
    private final boolean[] finished;
    private int open;
    private boolean endedByLimit;

    SampleTokens(int samples) {
        tokens = new int[samples][ROOM_AT_FIRST];
        counts = new int[samples];
        finished = new boolean[samples];
        open = samples;
    }

    /** Takes a delta; returns what is wrong with it, and takes nothing of it then. */
    Optional<String> accept(TokenDelta delta) {
        int sample = delta.choice();
        if (sample < 0 || sample >= counts.length) {
            return Optional.of("tokens came for sample " + sample + " of " + counts.length);
        }
        if (finished[sample]) {
            return Optional.of("tokens came after the end of sample " + sample);
        }
        if (delta.firstIndex() != counts[sample]) {
            return Optional.of("tokens of sample " + sample + " were lost on the way: token " + delta.firstIndex()
                    + " came where token " + counts[sample] + " was expected");
        }
        append(sample, delta.tokens());
        delta.finish().filter(SampleTokens::isFinal).ifPresent(finish -> {
            finished[sample] = true;
            endedByLimit |= finish.reason() != FinishReason.STOP;
            open--;
        });
        return Optional.empty();
    }

    /** Whether the sample is over; else it goes on elsewhere. */
    static boolean isFinal(Finish finish) {
        return switch (finish.reason()) {
            case STOP, LENGTH, CANCELLED -> true;
            case HANDED_OVER, FAILED -> false;
        };
    }

    private void append(int sample, TokenIds more) {
        int needed = counts[sample] + more.size();
        if (needed > tokens[sample].length) {
            tokens[sample] = Arrays.copyOf(tokens[sample], Math.max(needed, 2 * tokens[sample].length));
        }
        more.copyTo(0, tokens[sample], counts[sample], more.size());
        counts[sample] = needed;
    }

    boolean allFinished() {
        return open == 0;
    }

    int open() {
        return open;
    }

    /** Tokens of the longest sample. */
    int longest() {
        return Arrays.stream(counts).max().orElse(0);
    }

    /** Tokens of the longest sample if the model ended all of them by itself, else -1. */
    int naturalLength() {
        return open == 0 && !endedByLimit ? longest() : -1;
    }

    /** The samples that have not ended, with their tokens so far. */
    List<Continuation> rest() {
        List<Continuation> rest = new ArrayList<>(open);
        for (int sample = 0; sample < counts.length; sample++) {
            if (!finished[sample]) {
                rest.add(new Continuation(sample, TokenIds.of(Arrays.copyOf(tokens[sample], counts[sample]))));
            }
        }
        return rest;
    }
}
