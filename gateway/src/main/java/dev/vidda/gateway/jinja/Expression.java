package dev.vidda.gateway.jinja;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An expression; {@code at} is its offset in the source. */
sealed interface Expression {

    int at();

    /** A constant. */
    record Literal(int at, Value value) implements Expression {}

    /** A variable, macro or function. */
    record Name(int at, String name) implements Expression {}

    /** {@code object.name}. */
    record Attribute(int at, Expression object, String name) implements Expression {}

    /** {@code object[key]}. */
    record Item(int at, Expression object, Expression key) implements Expression {}

    /** {@code object[start:stop:step]}. */
    record Slice(
            int at,
            Expression object,
            @Nullable Expression start,
            @Nullable Expression stop,
            @Nullable Expression step) implements Expression {}

    /** {@code callee(call)}. */
    record Call(int at, Expression callee, Actual arguments) implements Expression {}

    /** {@code input | name(arguments)}. */
    record Filter(int at, Expression input, String name, Actual arguments) implements Expression {}

    /** {@code input is name(arguments)}. */
    record Test(int at, Expression input, String name, Actual arguments) implements Expression {}

    /** {@code -operand} or {@code +operand}. */
    record Signed(int at, boolean negative, Expression operand) implements Expression {}

    /** {@code not operand}. */
    record Not(int at, Expression operand) implements Expression {}

    /** An arithmetic operator. */
    record Binary(int at, String operator, Expression left, Expression right) implements Expression {}

    /** {@code and}, {@code or}: the operand that decides. */
    record Logical(int at, boolean and, Expression left, Expression right) implements Expression {}

    /** {@code first < second <= third}: true when each pair is. */
    record Comparisons(int at, Expression first, List<Step> steps) implements Expression {

        /** An operator and its right side. */
        record Step(int at, String operator, Expression right) {}
    }

    /** {@code a ~ b}: the texts of all parts. */
    record Concatenation(int at, List<Expression> parts) implements Expression {}

    /** {@code then if test else otherwise}; undefined without an else. */
    record Conditional(
            int at,
            Expression test,
            Expression then,
            @Nullable Expression otherwise) implements Expression {}

    /** {@code [a, b]}. */
    record ListDisplay(int at, List<Expression> items) implements Expression {}

    /** {@code (a, b)}. */
    record TupleDisplay(int at, List<Expression> items) implements Expression {}

    /** {@code {a: b}}. */
    record DictDisplay(int at, List<Pair> pairs) implements Expression {

        /** A key and its value. */
        record Pair(Expression key, Expression value) {}
    }

    /** The text that a filter block or a filtered set block has gathered. */
    record Captured(int at) implements Expression {}

    /**
     * The arguments of a call as written.
     *
     * @param more a list given as {@code *more}
     * @param moreNamed a dict given as {@code **moreNamed}
     */
    record Actual(
            List<Expression> positional,
            List<Named> named,
            @Nullable Expression more,
            @Nullable Expression moreNamed) {

        static final Actual NONE = new Actual(List.of(), List.of(), null, null);

        /** {@code name=value}. */
        record Named(String name, Expression value) {}
    }
}
