package dev.vidda.protocol.grammar;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Rules by their names; a text must be what {@link #START} says.
 *
 * @param rules names of letters, digits, {@code _} and {@code -}
 */
public record Grammar(Map<String, Expr> rules) {
    /** The rule that whole texts follow. */
    public static final String START = "root";

    /** @throws IllegalArgumentException if a rule is missing */
    public Grammar {
        rules = Collections.unmodifiableMap(new LinkedHashMap<>(rules));
        if (!rules.containsKey(START)) {
            throw new IllegalArgumentException("a grammar needs a rule named '" + START + "'");
        }
        for (Expr body : rules.values()) {
            check(body, rules);
        }
    }

    private static void check(Expr expr, Map<String, Expr> rules) {
        switch (expr) {
            case Expr.Bytes _, Expr.Literal _ -> {}
            case Expr.Seq seq -> seq.parts().forEach(part -> check(part, rules));
            case Expr.Alt alt -> alt.choices().forEach(choice -> check(choice, rules));
            case Expr.Repeat repeat -> check(repeat.body(), rules);
            case Expr.Ref ref -> {
                if (!rules.containsKey(ref.rule())) {
                    throw new IllegalArgumentException("the grammar has no rule named '" + ref.rule() + "'");
                }
            }
        }
    }
}
