package dev.vidda.gateway.schema;

import dev.vidda.protocol.grammar.Expr;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** The keys that an object may have besides its declared ones. They are written without escapes, so none means another. */
final class OtherKeys {
    private static final int LONGEST = 64;
    private static final CodePoints PLAIN =
            CodePoints.of(0x20, 0x10ffff).minus(CodePoints.of('"')).minus(CodePoints.of('\\'));

    private OtherKeys() {}

    static Expr than(Set<String> declared) {
        List<int[]> words =
                declared.stream().map(word -> word.codePoints().toArray()).toList();
        return Expr.seq(Expr.literal("\""), from(words, 0), Expr.literal("\""));
    }

    /** What may follow the first {@code length} characters, which all of {@code words} begin with. */
    private static Expr from(List<int[]> words, int length) {
        TreeMap<Integer, List<int[]>> next = new TreeMap<>();
        boolean isWord = false;
        for (int[] word : words) {
            if (word.length == length) {
                isWord = true;
            } else {
                next.computeIfAbsent(word[length], ignored -> new ArrayList<>()).add(word);
            }
        }
        List<Expr> choices = new ArrayList<>();
        CodePoints others = PLAIN;
        for (var entry : next.entrySet()) {
            CodePoints one = CodePoints.of(entry.getKey());
            others = others.minus(one);
            if (PLAIN.contains(entry.getKey())) {
                choices.add(Expr.seq(Utf8.expr(one), from(entry.getValue(), length + 1)));
            }
        }
        choices.add(Expr.seq(Utf8.expr(others), new Expr.Repeat(Utf8.expr(PLAIN), 0, LONGEST)));
        Expr longer = Expr.alt(choices);
        return isWord || length == 0 ? longer : Expr.optional(longer);
    }
}
