package dev.vidda.gateway.jinja;

import dev.vidda.gateway.jinja.Value.Dict;
import dev.vidda.gateway.jinja.Value.Function;
import dev.vidda.gateway.jinja.Value.Int;
import dev.vidda.gateway.jinja.Value.ListOf;
import dev.vidda.gateway.jinja.Value.Method;
import dev.vidda.gateway.jinja.Value.Namespace;
import dev.vidda.gateway.jinja.Value.None;
import dev.vidda.gateway.jinja.Value.Range;
import dev.vidda.gateway.jinja.Value.Str;
import dev.vidda.gateway.jinja.Value.Tuple;
import dev.vidda.gateway.jinja.Value.Undefined;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Attributes, items and slices, by the rules of jinja2's sandbox: {@code a.b} looks for an attribute, then an item;
 * {@code a['b']} for an item, then an attribute; nothing found is undefined, not an error.
 */
final class Access {

    private Access() {}

    static Value attribute(Value object, String name) {
        Value found = attributeIfAny(object, name);
        if (found == null && object instanceof Dict dict) {
            found = dict.get(name);
        }
        return found == null ? missing(object, name) : found;
    }

    static Value item(Value object, Value key) {
        Value found = itemIfAny(object, key);
        if (found == null && key instanceof Str name) {
            found = attributeIfAny(object, name.text());
        }
        if (found != null) {
            return found;
        }
        return key instanceof Str name
                ? missing(object, name.text())
                : new Undefined(Types.name(object) + " object has no element " + describe(key));
    }

    private static String describe(Value key) {
        return key instanceof Int || key instanceof Tuple ? Python.repr(key) : "of type " + Types.name(key);
    }

    private static Undefined missing(Value object, String name) {
        String type = object == None.NONE ? "None" : "'" + Types.name(object) + " object'";
        return new Undefined(type + " has no attribute " + Python.repr(name));
    }

    private static @Nullable Value attributeIfAny(Value object, String name) {
        return switch (object) {
            case Undefined undefined -> throw undefined.failure();
            case Namespace namespace -> namespace.attributes().get(name);
            case LoopState loop -> loop.attribute(name);
            case Range range when name.equals("start") -> Int.of(range.start());
            case Range range when name.equals("stop") -> Int.of(range.stop());
            case Range range when name.equals("step") -> Int.of(range.step());
            case Function function
            when !name.startsWith("_") ->
                throw new Failure("attribute '" + name + "' of " + function.description() + " is not supported");
            default -> method(object, name);
        };
    }

    private static @Nullable Value method(Value object, String name) {
        return switch (Methods.kind(object, name)) {
            case ABSENT -> null;
            case SUPPORTED -> new Method(object, name);
            case FORBIDDEN ->
                new Undefined("access to attribute '" + name + "' of '" + Types.name(object) + "' object is unsafe");
            case UNSUPPORTED ->
                throw new Failure("attribute '" + name + "' of '" + Types.name(object) + "' object is not supported");
        };
    }

    private static @Nullable Value itemIfAny(Value object, Value key) {
        return switch (object) {
            case Undefined undefined -> throw undefined.failure();
            case Dict dict -> isHashable(key) ? dict.get(key) : null;
            case Str s -> {
                int index = index(key, PythonText.length(s.text()));
                yield index < 0 ? null : new Str(character(s.text(), index), s.markup());
            }
            case ListOf list -> element(list.items(), key);
            case Tuple tuple -> element(tuple.items(), key);
            case Range range -> {
                int index = index(key, range.length());
                yield index < 0 ? null : range.get(index);
            }
            default -> null;
        };
    }

    private static boolean isHashable(Value key) {
        return switch (key) {
            case ListOf _, Dict _ -> false;
            case Tuple tuple -> tuple.items().stream().allMatch(Access::isHashable);
            default -> true;
        };
    }

    private static @Nullable Value element(List<Value> items, Value key) {
        int index = index(key, items.size());
        return index < 0 ? null : items.get(index);
    }

    /** The position that {@code key} names among {@code length}; -1 for none. */
    private static int index(Value key, int length) {
        if (!Numbers.isInteger(key)) {
            return -1;
        }
        BigInteger wanted = Numbers.integer(key);
        if (wanted.bitLength() > 31) {
            return -1;
        }
        long index = wanted.signum() < 0 ? wanted.longValue() + length : wanted.longValue();
        return index >= 0 && index < length ? (int) index : -1;
    }

    private static String character(String text, int index) {
        int from = text.offsetByCodePoints(0, index);
        return text.substring(from, from + Character.charCount(text.codePointAt(from)));
    }

    static Value slice(Value object, Value start, Value stop, Value step) {
        return switch (object) {
            case Undefined undefined -> throw undefined.failure();
            case Str s -> new Str(slice(s.text(), start, stop, step), s.markup());
            case ListOf list -> new ListOf(slice(list.items(), start, stop, step));
            case Tuple tuple -> new Tuple(slice(tuple.items(), start, stop, step));
            case Range range -> {
                int[] bounds = bounds(range.length(), start, stop, step);
                yield new Range(
                        range.start() + bounds[0] * range.step(),
                        range.start() + bounds[1] * range.step(),
                        range.step() * bounds[2]);
            }
            default -> throw new Failure("a '" + Types.name(object) + "' cannot be sliced");
        };
    }

    private static String slice(String text, Value start, Value stop, Value step) {
        boolean simple = step == None.NONE && text.length() == PythonText.length(text);
        if (simple) {
            int[] bounds = bounds(text.length(), start, stop, step);
            return text.substring(bounds[0], Math.max(bounds[0], bounds[1]));
        }
        List<Value> characters =
                PythonText.characters(text).stream().<Value>map(Str::of).toList();
        StringBuilder out = new StringBuilder();
        slice(characters, start, stop, step).forEach(c -> out.append(Types.text(c)));
        return out.toString();
    }

    private static List<Value> slice(List<Value> items, Value start, Value stop, Value step) {
        int[] bounds = bounds(items.size(), start, stop, step);
        if (bounds[2] == 1) {
            return items.subList(bounds[0], Math.max(bounds[0], bounds[1]));
        }
        List<Value> picked = new ArrayList<>();
        for (long i = bounds[0]; bounds[2] > 0 ? i < bounds[1] : i > bounds[1]; i += bounds[2]) {
            picked.add(items.get((int) i));
        }
        return Collections.unmodifiableList(picked);
    }

    /** First index, the index before which (or, backwards, above which) to end, and the step. */
    private static int[] bounds(int length, Value start, Value stop, Value step) {
        int stride = step == None.NONE ? 1 : clamp(Types.integer(step, "a slice's step"));
        if (stride == 0) {
            throw new Failure("slice step cannot be zero");
        }
        int least = stride > 0 ? 0 : -1;
        int most = stride > 0 ? length : length - 1;
        int from = start == None.NONE ? (stride > 0 ? least : most) : bound(start, length, least, most);
        int to = stop == None.NONE ? (stride > 0 ? most : least) : bound(stop, length, least, most);
        return new int[] {from, to, stride};
    }

    private static int bound(Value value, int length, int least, int most) {
        int index = clamp(Types.integer(value, "a slice's bound"));
        return Math.clamp(index < 0 ? (long) index + length : index, least, Math.max(least, most));
    }

    private static int clamp(long value) {
        return Math.clamp(value, -Integer.MAX_VALUE, Integer.MAX_VALUE);
    }
}
