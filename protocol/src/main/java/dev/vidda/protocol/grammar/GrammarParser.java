package dev.vidda.protocol.grammar;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads what {@link GrammarText} describes. */
final class GrammarParser {
    private static final int DEEPEST = 500;

    private final byte[] text;
    private int at;
    private int depth;

    GrammarParser(String text) {
        this.text = text.getBytes(StandardCharsets.UTF_8);
    }

    Grammar parse() {
        Map<String, Expr> rules = new LinkedHashMap<>();
        skipSpace();
        while (at < text.length) {
            String name = name();
            skipSpace();
            expect("::=");
            if (rules.put(name, alternatives()) != null) {
                throw problem("a second rule named '" + name + "'");
            }
            skipSpace();
        }
        return new Grammar(rules);
    }

    private Expr alternatives() {
        if (++depth > DEEPEST) {
            throw problem("parentheses nested more than " + DEEPEST + " deep");
        }
        List<Expr> choices = new ArrayList<>();
        do {
            choices.add(sequence());
        } while (skip('|'));
        depth--;
        return Expr.alt(choices);
    }

    private Expr sequence() {
        List<Expr> parts = new ArrayList<>();
        while (true) {
            skipSpace();
            if (at == text.length || text[at] == '|' || text[at] == ')' || startsRule()) {
                return parts.size() == 1 ? parts.getFirst() : new Expr.Seq(parts);
            }
            parts.add(repeated(atom()));
        }
    }

    private Expr atom() {
        int c = text[at];
        if (c == '(') {
            at++;
            Expr inner = alternatives();
            skipSpace();
            expect(")");
            return inner;
        }
        if (c == '"') {
            at++;
            return literal();
        }
        if (c == '[') {
            at++;
            return new Expr.Bytes(set());
        }
        return new Expr.Ref(name());
    }

    private Expr repeated(Expr body) {
        if (skip('?')) {
            return Expr.optional(body);
        }
        if (skip('*')) {
            return Expr.star(body);
        }
        if (skip('+')) {
            return new Expr.Repeat(body, 1, Expr.ANY_NUMBER);
        }
        if (!skip('{')) {
            return body;
        }
        int min = number();
        int max = min;
        if (skip(',')) {
            skipSpace();
            max = at < text.length && text[at] == '}' ? Expr.ANY_NUMBER : number();
        }
        skipSpace();
        expect("}");
        return new Expr.Repeat(body, min, max);
    }

    /** Text that is no UTF-8 becomes single bytes. */
    private Expr literal() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (peek() != '"') {
            bytes.write(character());
        }
        at++;
        String decoded = bytes.toString(StandardCharsets.UTF_8);
        if (Arrays.equals(decoded.getBytes(StandardCharsets.UTF_8), bytes.toByteArray())) {
            return Expr.literal(decoded);
        }
        List<Expr> parts = new ArrayList<>();
        for (byte value : bytes.toByteArray()) {
            parts.add(new Expr.Bytes(ByteSet.of(value & 0xff)));
        }
        return new Expr.Seq(parts);
    }

    private ByteSet set() {
        boolean inverted = peek() == '^';
        at += inverted ? 1 : 0;
        ByteSet set = ByteSet.NONE;
        while (peek() != ']') {
            int first = character();
            int last = first;
            if (peek() == '-') {
                at++;
                last = character();
            }
            if (last < first) {
                throw problem("a range that ends before it begins");
            }
            set = set.or(ByteSet.range(first, last));
        }
        at++;
        return inverted ? ByteSet.range(0, 255).minus(set) : set;
    }

    private int character() {
        int c = peek();
        at++;
        if (c != '\\') {
            return c;
        }
        int escape = peek();
        at++;
        return switch (escape) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'x' -> {
                int high = Character.digit(peek(), 16);
                at++;
                int low = Character.digit(peek(), 16);
                at++;
                if (high < 0 || low < 0) {
                    throw problem("\\x without two hexadecimal digits");
                }
                yield high << 4 | low;
            }
            default -> {
                if (Character.isLetterOrDigit(escape)) {
                    throw problem("an unknown escape");
                }
                yield escape;
            }
        };
    }

    private int peek() {
        if (at >= text.length) {
            throw problem("the end");
        }
        return text[at] & 0xff;
    }

    private int number() {
        skipSpace();
        int from = at;
        while (at < text.length && text[at] >= '0' && text[at] <= '9' && at - from < 9) {
            at++;
        }
        if (from == at) {
            throw problem("no number");
        }
        return Integer.parseInt(new String(text, from, at - from, StandardCharsets.US_ASCII));
    }

    private boolean startsRule() {
        int before = at;
        boolean starts = isNamePart(text[at]);
        while (at < text.length && isNamePart(text[at])) {
            at++;
        }
        skipSpace();
        starts &= at + 2 < text.length && text[at] == ':' && text[at + 1] == ':' && text[at + 2] == '=';
        at = before;
        return starts;
    }

    private String name() {
        int from = at;
        while (at < text.length && isNamePart(text[at])) {
            at++;
        }
        if (from == at) {
            throw problem("no name");
        }
        return new String(text, from, at - from, StandardCharsets.US_ASCII);
    }

    private static boolean isNamePart(byte c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    }

    private void expect(String wanted) {
        for (char c : wanted.toCharArray()) {
            if (at >= text.length || text[at] != c) {
                throw problem("no '" + wanted + "'");
            }
            at++;
        }
    }

    private boolean skip(char c) {
        skipSpace();
        if (at < text.length && text[at] == c) {
            at++;
            return true;
        }
        return false;
    }

    private void skipSpace() {
        while (at < text.length && (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t')) {
            at++;
        }
    }

    private IllegalArgumentException problem(String found) {
        long line = 1;
        for (int i = 0; i < Math.min(at, text.length); i++) {
            line += text[i] == '\n' ? 1 : 0;
        }
        return new IllegalArgumentException("the grammar has " + found + " at byte " + at + " (line " + line + ")");
    }
}
