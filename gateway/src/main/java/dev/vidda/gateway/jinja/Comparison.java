package dev.vidda.gateway.jinja;

import dev.vidda.gateway.jinja.Value.Dict;
import dev.vidda.gateway.jinja.Value.DictView;
import dev.vidda.gateway.jinja.Value.ListOf;
import dev.vidda.gateway.jinja.Value.Range;
import dev.vidda.gateway.jinja.Value.Real;
import dev.vidda.gateway.jinja.Value.Str;
import dev.vidda.gateway.jinja.Value.Stream;
import dev.vidda.gateway.jinja.Value.Tuple;
import dev.vidda.gateway.jinja.Value.Undefined;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;

/** Python's equality, order and membership. */
final class Comparison {

    private Comparison() {}

    static boolean equal(Value left, Value right) {
        if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
            return !isNan(left) && !isNan(right) && Numbers.compare(left, right) == 0;
        }
        return switch (left) {
            case Str a -> right instanceof Str b && a.text().equals(b.text());
            case ListOf a -> right instanceof ListOf b && equal(a.items(), b.items());
            case Tuple a -> right instanceof Tuple b && equal(a.items(), b.items());
            case Dict a -> right instanceof Dict b && equal(a, b);
            case Range a -> right instanceof Range b && equal(a.items(), b.items());
            case Undefined _ -> right instanceof Undefined;
            case DictView _
            when right instanceof DictView -> throw new Failure("comparing views of dicts is not supported");
            default -> left == right;
        };
    }

    private static boolean equal(List<Value> left, List<Value> right) {
        if (left.size() != right.size()) {
            return false;
        }
        for (int i = 0; i < left.size(); i++) {
            if (!equal(left.get(i), right.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean equal(Dict left, Dict right) {
        return left.entries().size() == right.entries().size()
                && left.entries().entrySet().stream().allMatch(e -> {
                    Dict.Entry other = right.entries().get(e.getKey());
                    return other != null && equal(e.getValue().value(), other.value());
                });
    }

    /** Negative, zero or positive as {@code left} is smaller than, equal to or greater than {@code right}. */
    static int order(Value left, Value right) {
        if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
            return Numbers.compare(left, right);
        }
        if (left instanceof Str a && right instanceof Str b) {
            return PythonText.compare(a.text(), b.text());
        }
        if (left instanceof ListOf a && right instanceof ListOf b) {
            return order(a.items(), b.items());
        }
        if (left instanceof Tuple a && right instanceof Tuple b) {
            return order(a.items(), b.items());
        }
        throw unordered(left, right);
    }

    private static Failure unordered(Value left, Value right) {
        if (left instanceof Undefined undefined) {
            return undefined.failure();
        }
        if (right instanceof Undefined undefined) {
            return undefined.failure();
        }
        return new Failure("'" + Types.name(left) + "' and '" + Types.name(right) + "' have no order");
    }

    static int order(List<Value> left, List<Value> right) {
        for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
            if (!equal(left.get(i), right.get(i))) {
                return order(left.get(i), right.get(i));
            }
        }
        return Integer.compare(left.size(), right.size());
    }

    /** {@code left < right} and its kin; all false where one is not a number. */
    static boolean holds(String operator, Value left, Value right) {
        if (isNan(left) || isNan(right)) {
            order(left, right);
            return false;
        }
        int order = order(left, right);
        return switch (operator) {
            case "<" -> order < 0;
            case "<=" -> order <= 0;
            case ">" -> order > 0;
            case ">=" -> order >= 0;
            default -> throw new IllegalArgumentException("no comparison '" + operator + "'");
        };
    }

    static Comparator<Value> comparator() {
        return Comparison::order;
    }

    /** {@code item in container}. */
    static boolean contains(Value container, Value item) {
        return switch (container) {
            case Str s -> s.text().contains(substring(item));
            case Dict d -> d.get(item) != null;
            case Stream(Iterator<Value> items) -> {
                boolean found = false;
                while (!found && items.hasNext()) {
                    found = equal(items.next(), item);
                }
                yield found;
            }
            default -> {
                if (!Types.isIterable(container)) {
                    throw new Failure("'in' needs a container on its right, not '" + Types.name(container) + "'");
                }
                yield Types.items(container).stream().anyMatch(other -> equal(other, item));
            }
        };
    }

    private static String substring(Value item) {
        if (item instanceof Str s) {
            return s.text();
        }
        throw new Failure("'in' a string needs a string on its left, not '" + Types.name(item) + "'");
    }

    private static boolean isNan(Value value) {
        return value instanceof Real(double number) && Double.isNaN(number);
    }
}
