package dev.vidda.protocol;

import java.util.List;

/**
 * What the generated text must be: only tokens that keep it within a grammar can be drawn.
 *
 * @param grammar in the notation of {@link dev.vidda.protocol.grammar.GrammarText}
 * @param endTokens tokens that end the text, and can be drawn only where the grammar lets it end
 */
public record Constraint(String grammar, List<Integer> endTokens) {
    public Constraint {
        endTokens = List.copyOf(endTokens);
    }
}
