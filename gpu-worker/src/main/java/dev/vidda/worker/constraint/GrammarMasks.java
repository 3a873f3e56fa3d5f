package dev.vidda.worker.constraint;

import dev.vidda.protocol.grammar.Automaton;
import dev.vidda.protocol.grammar.GrammarText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which tokens may follow each state of one grammar. Thread-safe.
 *
 * <p>To find that, the vocabulary is walked together with the automaton, and left where no path goes on. Inside of a JSON
 * string nearly everything goes on; so the walk is done for the innermost rule alone and kept, as it is the same wherever
 * that rule is called from. Only the few tokens that reach beyond the rule's end are walked for each state anew.
 *
 * <p>A walk may take long, so whoever only follows a text never waits for its end: what is locked meanwhile is a single
 * step of the automaton that was never taken before.
 */
final class GrammarMasks {
    private static final long MOST_BYTES = 32L << 20;

    private final TokenTrie trie;
    private final Automaton automaton;
    private final Map<Automaton.State, Inside> insides = new HashMap<>();
    private final Map<Automaton.State, TokenMask> masks = new ConcurrentHashMap<>();
    private final Object steps = new Object();
    private volatile long bytes;

    /**
     * What may follow within a rule.
     *
     * @param bits tokens that stay within it or end with it
     * @param exits nodes of the trie at which it may end, and that go on
     */
    private record Inside(long[] bits, int[] exits) {}

    /** @throws IllegalArgumentException if the grammar is malformed */
    GrammarMasks(String grammar, TokenTrie trie) {
        this.trie = trie;
        automaton = new Automaton(GrammarText.parse(grammar));
    }

    Automaton.State start() {
        synchronized (steps) {
            return automaton.start();
        }
    }

    /** The state after a token's bytes; null if they cannot follow. */
    Automaton.@Nullable State next(Automaton.State state, byte[] text) {
        Automaton.State now = state;
        for (byte value : text) {
            now = step(now, value);
            if (now == null) {
                return null;
            }
        }
        return now;
    }

    private Automaton.@Nullable State step(Automaton.State state, byte value) {
        if (state.knows(value)) {
            return state.next(value);
        }
        synchronized (steps) {
            return state.next(value);
        }
    }

    /** Memory that masks take. */
    long bytes() {
        return bytes;
    }

    /** The mask, if it is known. */
    @Nullable
    TokenMask known(Automaton.State state) {
        return masks.get(state);
    }

    /** The mask, made by one thread at a time if it is not known. */
    synchronized TokenMask mask(Automaton.State state) {
        TokenMask known = masks.get(state);
        if (known != null) {
            return known;
        }
        if (bytes > MOST_BYTES) {
            masks.clear();
            insides.clear();
            bytes = 0;
        }
        List<Automaton.Part> parts;
        synchronized (steps) {
            parts = state.parts();
        }
        long[] bits = new long[(trie.vocabularySize() + 63) / 64];
        for (Automaton.Part part : parts) {
            Inside inside = inside(part.inside());
            for (int i = 0; i < bits.length; i++) {
                bits[i] |= inside.bits()[i];
            }
            if (part.after() != null) {
                for (int exit : inside.exits()) {
                    walk(part.after(), exit + 1, trie.end(exit), trie.depth(exit), bits, null);
                }
            }
        }
        bytes += bits.length * 8L;
        TokenMask mask = new TokenMask(bits, state.isAccepting());
        masks.put(state, mask);
        return mask;
    }

    private Inside inside(Automaton.State state) {
        Inside known = insides.get(state);
        if (known != null) {
            return known;
        }
        long[] bits = new long[(trie.vocabularySize() + 63) / 64];
        List<Integer> exits = new ArrayList<>();
        walk(state, 0, trie.nodes(), 0, bits, exits);
        Inside inside =
                new Inside(bits, exits.stream().mapToInt(Integer::intValue).toArray());
        bytes += bits.length * 8L + inside.exits().length * 4L;
        insides.put(state, inside);
        return inside;
    }

    /** Walks nodes {@code [from, to)}, which lie below a node of depth {@code top} where the automaton is in {@code state}. */
    private void walk(Automaton.State state, int from, int to, int top, long[] bits, @Nullable List<Integer> exits) {
        List<Automaton.State> path = new ArrayList<>();
        path.add(state);
        int node = from;
        while (node < to) {
            int level = trie.depth(node) - top;
            while (path.size() > level) {
                path.removeLast();
            }
            Automaton.State next = step(path.getLast(), trie.label(node));
            if (next == null) {
                node = trie.end(node);
                continue;
            }
            trie.addTokens(node, bits);
            if (exits != null && next.isLeaving() && trie.end(node) > node + 1) {
                exits.add(node);
            }
            path.add(next);
            node++;
        }
    }
}
