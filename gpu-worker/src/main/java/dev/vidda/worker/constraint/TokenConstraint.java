package dev.vidda.worker.constraint;

import dev.vidda.protocol.grammar.Automaton;
import dev.vidda.worker.step.DrawLimit;
import dev.vidda.worker.step.SampleState;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one sequence within its grammar. It reads the sequence's generated tokens itself, so it is right after a
 * preemption or a move to another worker, too. Used by one thread at a time; masks are made by another.
 */
public final class TokenConstraint implements DrawLimit {
    private final GrammarMasks masks;
    private final Vocabulary vocabulary;
    private final int[] endTokens;
    private final Executor executor;
    private Automaton.@Nullable State state;
    private CompletableFuture<TokenMask> mask;
    private int read;

    TokenConstraint(GrammarMasks masks, Vocabulary vocabulary, List<Integer> endTokens, Executor executor) {
        this.masks = masks;
        this.vocabulary = vocabulary;
        this.endTokens = endTokens.stream().mapToInt(Integer::intValue).sorted().toArray();
        this.executor = executor;
        Automaton.State start = masks.start();
        state = start;
        mask = prepared(start);
    }

    /** Reads the tokens that were generated since the last time, and has the next mask made. */
    public void follow(SampleState sequence) {
        boolean moved = false;
        for (; read < sequence.generated(); read++) {
            int token = sequence.tokenIds()[sequence.promptLength() + read];
            if (state != null && !isEnd(token)) {
                state = masks.next(state, vocabulary.bytes(token));
                moved = true;
            }
        }
        if (moved) {
            mask = state == null
                    ? CompletableFuture.completedFuture(new TokenMask(new long[0], true))
                    : prepared(state);
        }
    }

    /** Whether nothing can follow the text, so that it ends without an end token. Call after {@link #follow}. */
    public boolean isComplete() {
        return state != null && state.isAccepting() && !state.canContinue();
    }

    @Override
    public boolean isReady() {
        return mask.isDone();
    }

    @Override
    public void allowed(long[] bits) {
        TokenMask now = mask.join();
        int words = Math.min(bits.length, now.bits().length);
        System.arraycopy(now.bits(), 0, bits, 0, words);
        Arrays.fill(bits, words, bits.length, 0);
        for (int i = 0; now.complete() && i < endTokens.length; i++) {
            int token = endTokens[i];
            if (token >= 0 && token >> 6 < bits.length) {
                bits[token >> 6] |= 1L << token;
            }
        }
    }

    @Override
    public void apply(float[] logits, int offset, int vocabSize) {
        TokenMask allowed = mask.join();
        for (int id = 0; id < vocabSize; id++) {
            if (!allowed.allows(id) && !(allowed.complete() && isEnd(id))) {
                logits[offset + id] = Float.NEGATIVE_INFINITY;
            }
        }
    }

    private boolean isEnd(int token) {
        return endTokens.length > 0 && Arrays.binarySearch(endTokens, token) >= 0;
    }

    private CompletableFuture<TokenMask> prepared(Automaton.State now) {
        TokenMask known = masks.known(now);
        return known != null
                ? CompletableFuture.completedFuture(known)
                : CompletableFuture.supplyAsync(() -> masks.mask(now), executor);
    }
}
