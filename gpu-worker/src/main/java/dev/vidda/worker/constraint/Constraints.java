package dev.vidda.worker.constraint;

import dev.vidda.protocol.Constraint;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Makes {@link TokenConstraint}s for one vocabulary. Grammars that were used lately are kept with all that is known of
 * them. Used by one thread; masks are made by a thread of its own.
 */
public final class Constraints implements AutoCloseable {
    private static final int MOST_GRAMMARS = 64;
    /** Of the masks of all grammars together, up to what those in use make meanwhile. */
    private static final long MOST_BYTES = 256L << 20;

    private final CompletableFuture<Words> words;
    private final ExecutorService executor = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("token-masks").factory());
    /** The one that was used last is the last. */
    private final Map<String, GrammarMasks> grammars = new LinkedHashMap<>(16, 0.75f, true);

    private record Words(Vocabulary vocabulary, TokenTrie trie) {}

    /** @param vocabulary is waited for by the first constraint only */
    public Constraints(CompletionStage<Vocabulary> vocabulary) {
        words = vocabulary
                .thenApplyAsync(loaded -> new Words(loaded, new TokenTrie(loaded)), executor)
                .toCompletableFuture();
    }

    /** For a worker that can keep no constraint. */
    public static Constraints none() {
        return new Constraints(CompletableFuture.failedStage(
                new IllegalStateException("this worker was started without a vocabulary")));
    }

    /** @throws IllegalArgumentException if the grammar cannot be used, or there is no vocabulary */
    public TokenConstraint of(Constraint constraint) {
        Words loaded;
        try {
            loaded = words.join();
        } catch (CompletionException e) {
            throw new IllegalArgumentException("constrained output is not possible: " + e.getCause(), e);
        }
        GrammarMasks masks = grammars.get(constraint.grammar());
        if (masks == null) {
            masks = new GrammarMasks(constraint.grammar(), loaded.trie());
            grammars.put(constraint.grammar(), masks);
            forgetSome();
        }
        return new TokenConstraint(masks, loaded.vocabulary(), constraint.endTokens(), executor);
    }

    /** Those in use live on with their sequences, but new ones start anew. */
    private void forgetSome() {
        long bytes = grammars.values().stream().mapToLong(GrammarMasks::bytes).sum();
        Iterator<GrammarMasks> eldest = grammars.values().iterator();
        while (grammars.size() > 1 && (grammars.size() > MOST_GRAMMARS || bytes > MOST_BYTES)) {
            bytes -= eldest.next().bytes();
            eldest.remove();
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
