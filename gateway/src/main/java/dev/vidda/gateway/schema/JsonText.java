package dev.vidda.gateway.schema;

import dev.vidda.protocol.grammar.ByteSet;
import dev.vidda.protocol.grammar.Expr;
import java.util.ArrayList;
import java.util.List;

/** JSON itself as a grammar. */
final class JsonText {
    private static final int LONGEST_INDENT = 64;
    private static final int LONGEST_WHOLE = 15;
    private static final int LONGEST_FRACTION = 15;

    /** Optional white space, of a kind that formatters write: a space, or a line break and an indent. */
    static final Expr SPACE = new Expr.Ref("space");

    private static final Expr HEX = Expr.ascii("0-9a-fA-F");

    private JsonText() {}

    static Expr space(Rules rules) {
        if (!rules.has("space")) {
            rules.reserve("space");
            rules.define(
                    "space",
                    Expr.optional(Expr.alt(List.of(
                            Expr.literal(" "),
                            Expr.seq(Expr.literal("\n"), new Expr.Repeat(Expr.ascii(" \t"), 0, LONGEST_INDENT))))));
        }
        return SPACE;
    }

    /** Any value. */
    static Expr value(Rules rules) {
        if (!rules.has("value")) {
            rules.reserve("value");
            rules.define(
                    "value",
                    Expr.alt(List.of(
                            anyObject(rules),
                            anyArray(rules),
                            string(rules, 0, Expr.ANY_NUMBER),
                            number(rules),
                            Expr.literal("true"),
                            Expr.literal("false"),
                            Expr.literal("null"))));
        }
        return new Expr.Ref("value");
    }

    static Expr anyObject(Rules rules) {
        if (!rules.has("object")) {
            rules.reserve("object");
            Expr key = string(rules, 0, Expr.ANY_NUMBER);
            rules.define("object", map(rules, member(rules, key, value(rules)), 0, Expr.ANY_NUMBER));
        }
        return new Expr.Ref("object");
    }

    static Expr anyArray(Rules rules) {
        if (!rules.has("array")) {
            rules.reserve("array");
            rules.define("array", list(rules, value(rules), 0, Expr.ANY_NUMBER));
        }
        return new Expr.Ref("array");
    }

    static Expr member(Rules rules, Expr key, Expr value) {
        return Expr.seq(key, Expr.literal(":"), space(rules), value);
    }

    /** An object of {@code min} to {@code max} members of one kind. */
    static Expr map(Rules rules, Expr member, int min, int max) {
        return enclosed(rules, "{", member, min, max, "}");
    }

    static Expr list(Rules rules, Expr item, int min, int max) {
        return enclosed(rules, "[", item, min, max, "]");
    }

    private static Expr enclosed(Rules rules, String open, Expr item, int min, int max, String close) {
        Expr space = space(rules);
        if (max == 0) {
            return Expr.literal(open + close);
        }
        Expr more = new Expr.Repeat(
                Expr.seq(Expr.literal(","), space, item), Math.max(0, min - 1), max == Expr.ANY_NUMBER ? max : max - 1);
        Expr items = Expr.seq(space, item, more, space);
        Expr inner = min == 0 ? Expr.optional(items) : items;
        return Expr.seq(Expr.literal(open), inner, Expr.literal(close));
    }

    /** A string of {@code min} to {@code max} characters. */
    static Expr string(Rules rules, int min, int max) {
        Expr quote = Expr.literal("\"");
        return rules.rule("string", Expr.seq(quote, new Expr.Repeat(character(), min, max), quote));
    }

    /** One character of a string, escaped or not; never half of a surrogate pair. */
    static Expr character() {
        List<Expr> choices = new ArrayList<>();
        choices.add(
                new Expr.Bytes(ByteSet.range(0x20, 0x7f).minus(ByteSet.of('"')).minus(ByteSet.of('\\'))));
        choices.add(Utf8.expr(CodePoints.of(0x80, 0x10ffff)));
        Expr unit = Expr.alt(List.of(
                Expr.seq(Expr.ascii("0-9a-ce-fA-CE-F"), HEX, HEX, HEX),
                Expr.seq(Expr.ascii("dD"), Expr.ascii("0-7"), HEX, HEX),
                Expr.seq(
                        Expr.ascii("dD"),
                        Expr.ascii("89abAB"),
                        HEX,
                        HEX,
                        Expr.literal("\\u"),
                        Expr.ascii("dD"),
                        Expr.ascii("c-fC-F"),
                        HEX,
                        HEX)));
        choices.add(Expr.seq(
                Expr.literal("\\"), Expr.alt(List.of(Expr.ascii("\"\\/bfnrt"), Expr.seq(Expr.literal("u"), unit)))));
        return Expr.alt(choices);
    }

    static Expr integer(Rules rules) {
        return rules.rule(
                "integer",
                Expr.alt(List.of(
                        Expr.literal("0"),
                        Expr.seq(
                                Expr.optional(Expr.literal("-")),
                                Expr.ascii("1-9"),
                                new Expr.Repeat(Expr.ascii("0-9"), 0, LONGEST_WHOLE - 1)))));
    }

    static Expr number(Rules rules) {
        Expr digit = Expr.ascii("0-9");
        Expr whole = Expr.alt(
                List.of(Expr.literal("0"), Expr.seq(Expr.ascii("1-9"), new Expr.Repeat(digit, 0, LONGEST_WHOLE - 1))));
        Expr fraction = Expr.seq(Expr.literal("."), new Expr.Repeat(digit, 1, LONGEST_FRACTION));
        Expr exponent = Expr.seq(
                Expr.ascii("eE"),
                Expr.optional(Expr.alt(List.of(Expr.literal("+"), Expr.literal("-")))),
                digit,
                Expr.optional(digit));
        return rules.rule(
                "number",
                Expr.seq(Expr.optional(Expr.literal("-")), whole, Expr.optional(fraction), Expr.optional(exponent)));
    }
}
