package dev.vidda.gateway.schema;

import dev.vidda.protocol.grammar.Expr;
import dev.vidda.protocol.grammar.Grammar;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** The rules of a grammar in the making. Rules that say the same are one rule. Not thread-safe. */
public final class Rules {
    private static final int MOST = 20_000;

    private final Map<String, Expr> rules = new LinkedHashMap<>();
    private final Map<Expr, String> names = new HashMap<>();

    /** A rule for {@code expr}. */
    public Expr rule(String stem, Expr expr) {
        String known = names.get(expr);
        if (known != null) {
            return new Expr.Ref(known);
        }
        String name = reserve(stem);
        names.put(expr, name);
        rules.put(name, expr);
        return new Expr.Ref(name);
    }

    /** A name for a rule that will be {@link #define}d: rules that come back to themselves need it before. */
    String reserve(String stem) {
        if (rules.size() >= MOST) {
            throw new SchemaException("The schema needs a grammar of more than " + MOST + " rules.");
        }
        String name = stem;
        for (int i = 1; rules.containsKey(name) || name.equals(Grammar.START); i++) {
            name = stem + "-" + i;
        }
        rules.put(name, Expr.EMPTY);
        return name;
    }

    void define(String name, Expr expr) {
        rules.put(name, expr);
    }

    boolean has(String name) {
        return rules.containsKey(name);
    }

    /** The grammar of the texts of {@code start}. */
    public Grammar grammar(Expr start) {
        Map<String, Expr> all = new LinkedHashMap<>();
        all.put(Grammar.START, start);
        all.putAll(rules);
        return new Grammar(all);
    }
}
