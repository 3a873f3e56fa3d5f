package dev.vidda.gateway.jinja;

import dev.vidda.gateway.jinja.Expression.Actual;
import dev.vidda.gateway.jinja.Expression.Comparisons;
import dev.vidda.gateway.jinja.Value.Bool;
import dev.vidda.gateway.jinja.Value.Dict;
import dev.vidda.gateway.jinja.Value.ListOf;
import dev.vidda.gateway.jinja.Value.None;
import dev.vidda.gateway.jinja.Value.Str;
import dev.vidda.gateway.jinja.Value.Tuple;
import dev.vidda.gateway.jinja.Value.Undefined;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Evaluates expressions. It keeps the place of what it evaluates, for a {@link Failure} that does not know its own. */
final class Evaluator {

    private final Budget budget;
    private int at;
    private Value captured = Str.EMPTY;

    Evaluator(Budget budget) {
        this.budget = budget;
    }

    /** Offset of what was evaluated last. */
    int at() {
        return at;
    }

    void moveTo(int offset) {
        at = offset;
    }

    /** Evaluates the filters of a block over the text that the block has gathered. */
    Value evaluateCaptured(Expression expression, String text, Scope scope) {
        Value outer = captured;
        captured = Str.of(text);
        Value value = evaluate(expression, scope);
        captured = outer;
        return value;
    }

    Value evaluate(Expression expression, Scope scope) {
        budget.step();
        budget.enter();
        at = expression.at();
        Value value = switch (expression) {
            case Expression.Literal literal -> literal.value();
            case Expression.Name name -> variable(name, scope);
            case Expression.Attribute e -> attribute(e, scope);
            case Expression.Item e -> item(e, scope);
            case Expression.Slice e -> slice(e, scope);
            case Expression.Call e -> call(e, scope, null);
            case Expression.Filter e -> filter(e, scope);
            case Expression.Test e -> Bool.of(test(e, scope));
            case Expression.Signed e -> signed(e, scope);
            case Expression.Not e -> Bool.of(!Types.isTrue(evaluate(e.operand(), scope)));
            case Expression.Binary e -> binary(e, scope);
            case Expression.Logical e -> logical(e, scope);
            case Expression.Comparisons e -> Bool.of(compare(e, scope));
            case Expression.Concatenation e -> concatenate(e, scope);
            case Expression.Conditional e -> conditional(e, scope);
            case Expression.ListDisplay e -> new ListOf(evaluateAll(e.items(), scope));
            case Expression.TupleDisplay e -> new Tuple(evaluateAll(e.items(), scope));
            case Expression.DictDisplay e -> dict(e, scope);
            case Expression.Captured _ -> captured;
        };
        budget.leave();
        return value;
    }

    private static Value variable(Expression.Name name, Scope scope) {
        Value value = scope.get(name.name());
        return value == null ? Undefined.variable(name.name()) : value;
    }

    private Value attribute(Expression.Attribute e, Scope scope) {
        Value object = evaluate(e.object(), scope);
        at = e.at();
        return Access.attribute(object, e.name());
    }

    private Value item(Expression.Item e, Scope scope) {
        Value object = evaluate(e.object(), scope);
        Value key = evaluate(e.key(), scope);
        at = e.at();
        return Access.item(object, key);
    }

    private Value slice(Expression.Slice e, Scope scope) {
        Value object = evaluate(e.object(), scope);
        Value start = optional(e.start(), scope);
        Value stop = optional(e.stop(), scope);
        Value step = optional(e.step(), scope);
        at = e.at();
        Value value = Access.slice(object, start, stop, step);
        budget.made(value);
        return value;
    }

    private Value optional(@Nullable Expression expression, Scope scope) {
        return expression == null ? None.NONE : evaluate(expression, scope);
    }

    /** Calls; {@code caller} is what a call block adds to the arguments. */
    Value call(Expression.Call e, Scope scope, @Nullable Value caller) {
        Value callee = evaluate(e.callee(), scope);
        Arguments arguments = arguments(describe(e.callee()), e.arguments(), scope, caller);
        at = e.at();
        Value value = switch (callee) {
            case Value.Function function -> function.body().call(arguments);
            case Value.Method method -> Methods.call(method.owner(), method.name(), arguments);
            case LoopState loop -> loop.recurse(arguments);
            case Undefined undefined -> throw undefined.failure();
            default -> throw new Failure("'" + Types.name(callee) + "' object is not callable");
        };
        budget.made(value);
        return value;
    }

    private static String describe(Expression callee) {
        return switch (callee) {
            case Expression.Name name -> name.name() + "()";
            case Expression.Attribute attribute -> attribute.name() + "()";
            default -> "the function";
        };
    }

    private Value filter(Expression.Filter e, Scope scope) {
        Value input = evaluate(e.input(), scope);
        Arguments arguments = arguments("filter '" + e.name() + "'", e.arguments(), scope, null);
        at = e.at();
        Value value = Filters.apply(e.name(), input, arguments);
        budget.made(value);
        return value;
    }

    private boolean test(Expression.Test e, Scope scope) {
        Value input = evaluate(e.input(), scope);
        Arguments arguments = arguments("test '" + e.name() + "'", e.arguments(), scope, null);
        at = e.at();
        return Tests.test(e.name(), input, arguments);
    }

    private Arguments arguments(String callee, Actual actual, Scope scope, @Nullable Value caller) {
        if (actual == Actual.NONE) {
            return new Arguments(callee, List.of(), Map.of());
        }
        List<Value> positional = new ArrayList<>(evaluateAll(actual.positional(), scope));
        Map<String, Value> named = new LinkedHashMap<>();
        for (Actual.Named argument : actual.named()) {
            put(callee, named, argument.name(), evaluate(argument.value(), scope));
        }
        if (actual.more() != null) {
            positional.addAll(Types.items(evaluate(actual.more(), scope)));
        }
        if (actual.moreNamed() != null) {
            spread(callee, evaluate(actual.moreNamed(), scope), named);
        }
        if (caller != null) {
            put(callee, named, "caller", caller);
        }
        return new Arguments(callee, positional, named);
    }

    private static void spread(String callee, Value value, Map<String, Value> named) {
        if (!(value instanceof Dict dict)) {
            throw new Failure("** needs a mapping, not '" + Types.name(value) + "'");
        }
        dict.entries()
                .values()
                .forEach(entry -> put(callee, named, Types.string(entry.key(), "a name"), entry.value()));
    }

    private static void put(String callee, Map<String, Value> named, String name, Value value) {
        if (named.put(name, value) != null) {
            throw new Failure(callee + " got two values for '" + name + "'");
        }
    }

    private Value signed(Expression.Signed e, Scope scope) {
        Value operand = evaluate(e.operand(), scope);
        at = e.at();
        return e.negative() ? Arithmetic.negate(operand) : Arithmetic.plus(operand);
    }

    private Value binary(Expression.Binary e, Scope scope) {
        Value left = evaluate(e.left(), scope);
        Value right = evaluate(e.right(), scope);
        at = e.at();
        Value value = Arithmetic.apply(e.operator(), left, right);
        budget.made(value);
        return value;
    }

    private Value logical(Expression.Logical e, Scope scope) {
        Value left = evaluate(e.left(), scope);
        return Types.isTrue(left) == e.and() ? evaluate(e.right(), scope) : left;
    }

    private boolean compare(Comparisons e, Scope scope) {
        Value left = evaluate(e.first(), scope);
        for (Comparisons.Step step : e.steps()) {
            Value right = evaluate(step.right(), scope);
            at = step.at();
            boolean holds = switch (step.operator()) {
                case "==" -> Comparison.equal(left, right);
                case "!=" -> !Comparison.equal(left, right);
                case "in" -> Comparison.contains(right, left);
                case "not in" -> !Comparison.contains(right, left);
                default -> Comparison.holds(step.operator(), left, right);
            };
            if (!holds) {
                return false;
            }
            left = right;
        }
        return true;
    }

    private Value concatenate(Expression.Concatenation e, Scope scope) {
        StringBuilder text = new StringBuilder();
        for (Expression part : e.parts()) {
            text.append(Types.text(evaluate(part, scope)));
            budget.checkLength(text.length());
        }
        Value value = Str.of(text.toString());
        budget.made(value);
        return value;
    }

    private Value conditional(Expression.Conditional e, Scope scope) {
        if (Types.isTrue(evaluate(e.test(), scope))) {
            return evaluate(e.then(), scope);
        }
        return e.otherwise() == null
                ? new Undefined("the inline if-expression evaluated to false and no else section was defined")
                : evaluate(e.otherwise(), scope);
    }

    private List<Value> evaluateAll(List<Expression> expressions, Scope scope) {
        List<Value> values = new ArrayList<>(expressions.size());
        for (Expression expression : expressions) {
            values.add(evaluate(expression, scope));
        }
        return Collections.unmodifiableList(values);
    }

    private Value dict(Expression.DictDisplay e, Scope scope) {
        List<Dict.Entry> entries = new ArrayList<>();
        for (Expression.DictDisplay.Pair pair : e.pairs()) {
            entries.add(new Dict.Entry(evaluate(pair.key(), scope), evaluate(pair.value(), scope)));
        }
        at = e.at();
        return Dict.of(entries);
    }
}
