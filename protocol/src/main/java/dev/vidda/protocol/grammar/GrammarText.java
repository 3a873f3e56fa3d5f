package dev.vidda.protocol.grammar;

import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/**
 * Grammars as text, one rule a line:
 *
 * <pre>
 *   root ::= "[" (item ("," item){0,9})? "]"
 *   item ::= [0-9]+ | "\x22" [^"]* "\x22"
 * </pre>
 *
 * <p>Alternatives stand between {@code |}, several parts one after the other, {@code ? * + {n} {n,} {n,m}} repeat, quotes
 * hold text and brackets sets of bytes. {@code \n}, {@code \\}, {@code \xHH} and a backslash before punctuation work in
 * both.
 */
public final class GrammarText {
    private GrammarText() {}

    /** @throws IllegalArgumentException that says what is wrong and where */
    public static Grammar parse(String text) {
        return new GrammarParser(text).parse();
    }

    public static String print(Grammar grammar) {
        return grammar.rules().entrySet().stream()
                .map(rule -> rule.getKey() + " ::= " + print(rule.getValue(), false))
                .collect(Collectors.joining("\n"));
    }

    private static String print(Expr expr, boolean inSequence) {
        return switch (expr) {
            case Expr.Bytes bytes -> set(bytes.set());
            case Expr.Literal literal -> quoted(literal.bytes());
            case Expr.Seq seq -> {
                String parts =
                        seq.parts().stream().map(part -> print(part, true)).collect(Collectors.joining(" "));
                yield seq.parts().size() == 1 ? parts : inSequence || parts.isEmpty() ? "(" + parts + ")" : parts;
            }
            case Expr.Alt alt -> {
                String choices = alt.choices().stream()
                        .map(choice -> print(choice, false))
                        .collect(Collectors.joining(" | "));
                yield alt.choices().isEmpty() ? "[]" : "(" + choices + ")";
            }
            case Expr.Repeat repeat -> "(" + print(repeat.body(), false) + ")" + times(repeat);
            case Expr.Ref ref -> ref.rule();
        };
    }

    private static String times(Expr.Repeat repeat) {
        if (repeat.max() == Expr.ANY_NUMBER) {
            return repeat.min() == 0 ? "*" : repeat.min() == 1 ? "+" : "{" + repeat.min() + ",}";
        }
        return repeat.min() == 0 && repeat.max() == 1 ? "?" : "{" + repeat.min() + "," + repeat.max() + "}";
    }

    private static String quoted(byte[] bytes) {
        StringBuilder out = new StringBuilder("\"");
        for (char c : new String(bytes, StandardCharsets.ISO_8859_1).toCharArray()) {
            out.append(escaped(c, "\"\\"));
        }
        return out.append('"').toString();
    }

    private static String set(ByteSet set) {
        StringBuilder out = new StringBuilder("[");
        int value = 0;
        while (value < 256) {
            if (!set.contains(value)) {
                value++;
                continue;
            }
            int last = value;
            while (last < 255 && set.contains(last + 1)) {
                last++;
            }
            out.append(escaped((char) value, "]\\^-"));
            if (last > value) {
                out.append('-').append(escaped((char) last, "]\\^-"));
            }
            value = last + 1;
        }
        return out.append(']').toString();
    }

    private static String escaped(char c, String special) {
        if (c < 0x20 || c > 0x7e) {
            return String.format("\\x%02x", (int) c);
        }
        return special.indexOf(c) >= 0 ? "\\" + c : String.valueOf(c);
    }
}
