package dev.vidda.gateway.schema;

import dev.vidda.protocol.grammar.Expr;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How a character is written. */
enum Alphabet {
    /** As it is. */
    PLAIN {
        @Override
        Expr expr(CodePoints set) {
            return Utf8.expr(set);
        }
    },
    /** Within a JSON string. */
    IN_STRING {
        @Override
        Expr expr(CodePoints set) {
            List<Expr> choices = new ArrayList<>();
            Expr plain = Utf8.expr(set.minus(ESCAPED));
            choices.add(plain);
            ESCAPES.forEach((value, text) -> {
                if (set.contains(value)) {
                    choices.add(Expr.literal(text));
                }
            });
            return Expr.alt(choices);
        }
    };

    private static final CodePoints ESCAPED =
            CodePoints.of(0, 0x1f).or(CodePoints.of('"')).or(CodePoints.of('\\'));
    private static final Map<Integer, String> ESCAPES = Map.of(
            (int) '"',
            "\\\"",
            (int) '\\',
            "\\\\",
            (int) '\n',
            "\\n",
            (int) '\r',
            "\\r",
            (int) '\t',
            "\\t",
            (int) '\b',
            "\\b",
            (int) '\f',
            "\\f");

    abstract Expr expr(CodePoints set);

    /** Any text. */
    Expr anything() {
        return Expr.star(expr(CodePoints.ALL));
    }
}
