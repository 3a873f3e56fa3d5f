package dev.vidda.gateway.schema;

import dev.vidda.protocol.grammar.Expr;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Regular expressions as JSON Schema and ECMA-262 have them, as far as they are regular: no look-around, no
 * back-references, no word boundaries; anchors only at the beginning and end of the whole. Lazy quantifiers mean what
 * greedy ones do, since only the set of texts counts.
 */
public final class RegexCompiler {
    private static final int DEEPEST = 100;
    private static final int MOST_REPEATS = 10_000;
    private static final CodePoints DIGITS = CodePoints.of('0', '9');
    private static final CodePoints WORD =
            DIGITS.or(CodePoints.of('a', 'z')).or(CodePoints.of('A', 'Z')).or(CodePoints.of('_'));
    private static final CodePoints SPACES = CodePoints.of(9, 13)
            .or(CodePoints.of(' '))
            .or(CodePoints.of(0xa0))
            .or(CodePoints.of(0x1680))
            .or(CodePoints.of(0x2000, 0x200a))
            .or(CodePoints.of(0x2028, 0x2029))
            .or(CodePoints.of(0x202f))
            .or(CodePoints.of(0x205f))
            .or(CodePoints.of(0x3000))
            .or(CodePoints.of(0xfeff));
    private static final CodePoints LINE_ENDS =
            CodePoints.of('\n').or(CodePoints.of('\r')).or(CodePoints.of(0x2028, 0x2029));
    private static final Map<Integer, Integer> CONTROLS = Map.of(
            (int) 'n',
            (int) '\n',
            (int) 'r',
            (int) '\r',
            (int) 't',
            (int) '\t',
            (int) 'f',
            (int) '\f',
            (int) 'v',
            11,
            (int) '0',
            0);

    private final int[] pattern;
    private final Alphabet alphabet;
    private int at;
    private int depth;

    private RegexCompiler(String pattern, Alphabet alphabet) {
        this.pattern = pattern.codePoints().toArray();
        this.alphabet = alphabet;
    }

    /** What matches as a whole. */
    public static Expr whole(String pattern) {
        return new RegexCompiler(pattern, Alphabet.PLAIN).compile(false);
    }

    /** What has a match somewhere, as JSON Schema's {@code pattern} means it; written within a JSON string. */
    static Expr containing(String pattern) {
        return new RegexCompiler(pattern, Alphabet.IN_STRING).compile(true);
    }

    private Expr compile(boolean anywhere) {
        List<Expr> choices = new ArrayList<>();
        do {
            boolean start = skip('^');
            Expr body = sequence();
            boolean end = skip('$');
            Expr before = anywhere && !start ? alphabet.anything() : Expr.EMPTY;
            Expr after = anywhere && !end ? alphabet.anything() : Expr.EMPTY;
            choices.add(Expr.seq(before, body, after));
        } while (skip('|'));
        if (at < pattern.length) {
            throw problem("'" + Character.toString(pattern[at]) + "' is out of place");
        }
        return Expr.alt(choices);
    }

    private Expr alternatives() {
        if (++depth > DEEPEST) {
            throw problem("groups nested more than " + DEEPEST + " deep");
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
        while (at < pattern.length && pattern[at] != '|' && pattern[at] != ')') {
            if (pattern[at] == '$') {
                if (depth > 0 || (at + 1 < pattern.length && pattern[at + 1] != '|')) {
                    throw problem("the anchor '$' is supported at the end only");
                }
                break;
            }
            parts.add(repeated(atom()));
        }
        return new Expr.Seq(parts);
    }

    private Expr atom() {
        int c = pattern[at++];
        return switch (c) {
            case '(' -> group();
            case '[' -> alphabet.expr(set());
            case '.' -> alphabet.expr(LINE_ENDS.inverted());
            case '\\' -> alphabet.expr(escape(false));
            case '^' -> throw problem("the anchor '^' is supported at the beginning only");
            case '*', '+', '?' -> throw problem("nothing to repeat");
            default -> alphabet.expr(CodePoints.of(c));
        };
    }

    private Expr group() {
        if (skip('?')) {
            if (skip('<')) {
                if (at < pattern.length && (pattern[at] == '=' || pattern[at] == '!')) {
                    throw problem("look-behind is not supported");
                }
                while (at < pattern.length && pattern[at] != '>') {
                    at++;
                }
                at++;
            } else if (!skip(':')) {
                throw problem("look-ahead and flags are not supported");
            }
        }
        Expr inner = alternatives();
        if (!skip(')')) {
            throw problem("a group is not closed");
        }
        return inner;
    }

    private Expr repeated(Expr body) {
        int min;
        int max;
        if (skip('*')) {
            min = 0;
            max = Expr.ANY_NUMBER;
        } else if (skip('+')) {
            min = 1;
            max = Expr.ANY_NUMBER;
        } else if (skip('?')) {
            min = 0;
            max = 1;
        } else if (at < pattern.length && pattern[at] == '{' && at + 1 < pattern.length && isDigit(pattern[at + 1])) {
            at++;
            min = number();
            max = skip(',') ? (at < pattern.length && isDigit(pattern[at]) ? number() : Expr.ANY_NUMBER) : min;
            if (!skip('}') || (max != Expr.ANY_NUMBER && max < min)) {
                throw problem("a repetition is malformed");
            }
        } else {
            return body;
        }
        skip('?');
        return new Expr.Repeat(body, min, max);
    }

    private int number() {
        int value = 0;
        while (at < pattern.length && isDigit(pattern[at])) {
            value = value * 10 + pattern[at++] - '0';
            if (value > MOST_REPEATS) {
                throw problem("a repetition of more than " + MOST_REPEATS);
            }
        }
        return value;
    }

    private CodePoints set() {
        boolean inverted = skip('^');
        CodePoints set = CodePoints.NONE;
        while (!skip(']')) {
            CodePoints first = member();
            boolean range = at + 1 < pattern.length && pattern[at] == '-' && pattern[at + 1] != ']';
            if (range) {
                at++;
                CodePoints last = member();
                int from = single(first);
                int to = single(last);
                if (to < from) {
                    throw problem("a range ends before it begins");
                }
                set = set.or(CodePoints.of(from, to));
            } else {
                set = set.or(first);
            }
        }
        return inverted ? set.inverted() : set;
    }

    private CodePoints member() {
        if (at >= pattern.length) {
            throw problem("a set is not closed");
        }
        int c = pattern[at++];
        return c == '\\' ? escape(true) : CodePoints.of(c);
    }

    private int single(CodePoints set) {
        if (set.ranges().size() != 1
                || set.ranges().getFirst().first() != set.ranges().getFirst().last()) {
            throw problem("a range between sets");
        }
        return set.ranges().getFirst().first();
    }

    private CodePoints escape(boolean inSet) {
        if (at >= pattern.length) {
            throw problem("a backslash at the end");
        }
        int c = pattern[at++];
        Integer control = CONTROLS.get(c);
        if (control != null) {
            return CodePoints.of(control);
        }
        return switch (c) {
            case 'd' -> DIGITS;
            case 'D' -> DIGITS.inverted();
            case 'w' -> WORD;
            case 'W' -> WORD.inverted();
            case 's' -> SPACES;
            case 'S' -> SPACES.inverted();
            case 'x' -> CodePoints.of(hex(2));
            case 'u' -> CodePoints.of(unicode());
            case 'b' -> {
                if (!inSet) {
                    throw problem("word boundaries are not supported");
                }
                yield CodePoints.of('\b');
            }
            default -> {
                if (Character.isLetterOrDigit(c)) {
                    throw problem("'\\" + Character.toString(c) + "' is not supported");
                }
                yield CodePoints.of(c);
            }
        };
    }

    private int unicode() {
        if (!skip('{')) {
            return hex(4);
        }
        int value = 0;
        while (!skip('}')) {
            value = value << 4 | hex(1);
            if (value > 0x10ffff) {
                throw problem("a character beyond Unicode");
            }
        }
        return value;
    }

    private int hex(int digits) {
        int value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = at < pattern.length ? Character.digit(pattern[at++], 16) : -1;
            if (digit < 0) {
                throw problem("a hexadecimal digit is missing");
            }
            value = value << 4 | digit;
        }
        return value;
    }

    private boolean skip(char c) {
        if (at < pattern.length && pattern[at] == c) {
            at++;
            return true;
        }
        return false;
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private SchemaException problem(String what) {
        return new SchemaException("The regular expression '" + new String(pattern, 0, pattern.length)
                + "' cannot be used: " + what + " (at character " + at + ").");
    }
}
