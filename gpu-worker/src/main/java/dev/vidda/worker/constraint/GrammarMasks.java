package dev.vidda.worker.constraint;

import dev.vidda.protocol.grammar.Automaton;
import dev.vidda.protocol.grammar.GrammarText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which tokens may follow each state of one grammar. Thread-safe.
 *
 * <p>To find that, the vocabulary is walked together with the automaton, and left where no path goes on. Inside of a JSON
 * string nearly everything goes on; so the walk is done for the innermost rule alone and kept, as it is the same wherever
 * that rule is called from. Only the few tokens that reach beyond the rule's end are walked for each state anew.
 */
final class GrammarMasks {
    private static final int MOST_MASKS = 2_000;

    private final TokenTrie trie;
    private final Automaton automaton;
    private final Map<Automaton.State, Inside> insides = new HashMap<>();
    private final Map<Automaton.State, TokenMask> masks = new HashMap<>();

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

    synchronized Automaton.State start() {
        return automaton.start();
    }

    /** The state after a token's bytes; null if they cannot follow. */
    synchronized Automaton.@Nullable State next(Automaton.State state, byte[] bytes) {
        Automaton.State now = state;
        for (byte value : bytes) {
            now = now.next(value);
            if (now == null) {
                return null;
            }
        }
        return now;
    }

    /** The mask, if it is known. */
    synchronized @Nullable TokenMask known(Automaton.State state) {
        return masks.get(state);
    }

    synchronized TokenMask mask(Automaton.State state) {
        TokenMask known = masks.get(state);
        if (known != null) {
            return known;
        }
        long[] bits = new long[(trie.vocabularySize() + 63) / 64];
        for (Automaton.Part part : state.parts()) {
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
        if (masks.size() >= MOST_MASKS) {
            masks.clear();
            insides.clear();
        }
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
            Automaton.State next = path.getLast().next(trie.label(node));
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
