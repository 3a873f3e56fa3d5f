package dev.vidda.gateway.jinja;

import dev.vidda.gateway.jinja.Value.Bool;
import dev.vidda.gateway.jinja.Value.Dict;
import dev.vidda.gateway.jinja.Value.Function;
import dev.vidda.gateway.jinja.Value.Int;
import dev.vidda.gateway.jinja.Value.ListOf;
import dev.vidda.gateway.jinja.Value.Method;
import dev.vidda.gateway.jinja.Value.None;
import dev.vidda.gateway.jinja.Value.Range;
import dev.vidda.gateway.jinja.Value.Real;
import dev.vidda.gateway.jinja.Value.Str;
import dev.vidda.gateway.jinja.Value.Tuple;
import dev.vidda.gateway.jinja.Value.Undefined;
import java.util.Set;

/** The tests by name, what stands behind {@code is}. */
final class Tests {

    private static final Set<String> NAMES = Set.of(
            "defined",
            "undefined",
            "none",
            "boolean",
            "true",
            "false",
            "integer",
            "float",
            "number",
            "string",
            "mapping",
            "sequence",
            "iterable",
            "callable",
            "lower",
            "upper",
            "odd",
            "even",
            "divisibleby",
            "sameas",
            "escaped",
            "in",
            "filter",
            "test",
            "==",
            "eq",
            "equalto",
            "!=",
            "ne",
            ">",
            "gt",
            "greaterthan",
            ">=",
            "ge",
            "<",
            "lt",
            "lessthan",
            "<=",
            "le");

    private Tests() {}

    static Set<String> names() {
        return NAMES;
    }

    static boolean test(String name, Value value, Arguments arguments) {
        boolean result = plain(name, value, arguments);
        arguments.done();
        return result;
    }

    private static boolean plain(String name, Value value, Arguments arguments) {
        return switch (name) {
            case "defined" -> !(value instanceof Undefined);
            case "undefined" -> value instanceof Undefined;
            case "none" -> value == None.NONE;
            case "boolean" -> value instanceof Bool;
            case "true" -> value == Bool.TRUE;
            case "false" -> value == Bool.FALSE;
            case "integer" -> value instanceof Int;
            case "float" -> value instanceof Real;
            case "number" -> Numbers.isNumber(value);
            case "string" -> value instanceof Str;
            case "mapping" -> value instanceof Dict;
            case "sequence" -> isSequence(value);
            case "iterable" -> Types.isIterable(value);
            case "callable" ->
                value instanceof Function
                        || value instanceof Method
                        || value instanceof Undefined
                        || value instanceof LoopState;
            case "lower" -> PythonText.isCase(Types.text(value), true);
            case "upper" -> PythonText.isCase(Types.text(value), false);
            case "escaped" -> value instanceof Str s && s.markup();
            case "filter" -> Filters.names().contains(Types.text(value));
            case "test" -> NAMES.contains(Types.text(value));
            default -> compare(name, value, arguments);
        };
    }

    private static boolean compare(String name, Value value, Arguments arguments) {
        return switch (name) {
            case "odd" -> hasRemainder(value, Int.of(2), 1);
            case "even" -> hasRemainder(value, Int.of(2), 0);
            case "divisibleby" -> hasRemainder(value, arguments.require("num"), 0);
            case "in" -> Comparison.contains(arguments.require("seq"), value);
            case "sameas" -> isSame(value, arguments.require("other"));
            case "==", "eq", "equalto" -> Comparison.equal(value, arguments.require("other"));
            case "!=", "ne" -> !Comparison.equal(value, arguments.require("other"));
            case ">", "gt", "greaterthan" -> Comparison.holds(">", value, arguments.require("other"));
            case ">=", "ge" -> Comparison.holds(">=", value, arguments.require("other"));
            case "<", "lt", "lessthan" -> Comparison.holds("<", value, arguments.require("other"));
            case "<=", "le" -> Comparison.holds("<=", value, arguments.require("other"));
            default -> throw new Failure("unknown test '" + name + "'");
        };
    }

    /** Whether the value has a length and items by position or key. */
    private static boolean isSequence(Value value) {
        return value instanceof Str
                || value instanceof ListOf
                || value instanceof Tuple
                || value instanceof Dict
                || value instanceof Range
                || value instanceof Undefined;
    }

    private static boolean hasRemainder(Value value, Value divisor, int remainder) {
        return Comparison.equal(Arithmetic.apply("%", value, divisor), Int.of(remainder));
    }

    private static boolean isSame(Value value, Value other) {
        boolean singletons = value instanceof Bool || value == None.NONE || other instanceof Bool || other == None.NONE;
        if (!singletons && value != other) {
            throw new Failure("the test 'sameas' is supported for True, False and None only");
        }
        return value == other;
    }
}
