package dev.vidda.gateway.jinja;

import dev.vidda.gateway.jinja.Value.Dict;
import dev.vidda.gateway.jinja.Value.DictView;
import dev.vidda.gateway.jinja.Value.Int;
import dev.vidda.gateway.jinja.Value.ListOf;
import dev.vidda.gateway.jinja.Value.None;
import dev.vidda.gateway.jinja.Value.Real;
import dev.vidda.gateway.jinja.Value.Str;
import dev.vidda.gateway.jinja.Value.Tuple;
import java.util.List;
import java.util.Set;

/** Which attributes Python's types have, and the methods of dicts, lists and tuples. */
final class Methods {

    /** What becomes of an attribute that a template asks for. */
    enum Kind {
        /** Python's type has no such attribute. */
        ABSENT,
        SUPPORTED,
        /** It would change the value; jinja2's sandbox forbids it. */
        FORBIDDEN,
        /** Python has it and this does not: using it is an error, never something undefined. */
        UNSUPPORTED
    }

    private static final Set<String> DICT = Set.of("get", "items", "keys", "values", "copy");
    private static final Set<String> DICT_FORBIDDEN = Set.of("clear", "pop", "popitem", "setdefault", "update");
    private static final Set<String> LIST = Set.of("index", "count", "copy");
    private static final Set<String> LIST_FORBIDDEN =
            Set.of("append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove");
    private static final Set<String> TUPLE = Set.of("index", "count");
    private static final Set<String> NUMBER = Set.of(
            "real",
            "imag",
            "numerator",
            "denominator",
            "conjugate",
            "bit_length",
            "bit_count",
            "is_integer",
            "as_integer_ratio",
            "to_bytes",
            "from_bytes",
            "hex",
            "fromhex",
            "from_number");
    private static final Set<String> OTHER = Set.of(
            "isdisjoint",
            "mapping",
            "index",
            "count",
            "send",
            "throw",
            "close",
            "gi_running",
            "gi_suspended",
            "gi_yieldfrom",
            "fromkeys");

    private Methods() {}

    static Kind kind(Value object, String name) {
        return switch (object) {
            case Str s ->
                s.markup()
                        ? Kind.UNSUPPORTED
                        : kind(name, StringMethods.SUPPORTED, Set.of(), StringMethods.UNSUPPORTED);
            case Dict _ -> kind(name, DICT, DICT_FORBIDDEN, OTHER);
            case ListOf _ -> kind(name, LIST, LIST_FORBIDDEN, Set.of());
            case Tuple _ -> kind(name, TUPLE, Set.of(), Set.of());
            case Int _, Real _, Value.Bool _ -> kind(name, Set.of(), Set.of(), NUMBER);
            case DictView _, Value.Range _, Value.Stream _ -> kind(name, Set.of(), Set.of(), OTHER);
            default -> Kind.ABSENT;
        };
    }

    private static Kind kind(String name, Set<String> supported, Set<String> forbidden, Set<String> unsupported) {
        return supported.contains(name)
                ? Kind.SUPPORTED
                : forbidden.contains(name)
                        ? Kind.FORBIDDEN
                        : unsupported.contains(name) ? Kind.UNSUPPORTED : Kind.ABSENT;
    }

    /** Whether some type has a method of this name that can be called, or that the sandbox refuses when it is. */
    static boolean isKnown(String name) {
        return StringMethods.SUPPORTED.contains(name)
                || DICT.contains(name)
                || DICT_FORBIDDEN.contains(name)
                || LIST.contains(name)
                || LIST_FORBIDDEN.contains(name)
                || LoopState.METHODS.contains(name);
    }

    static Value call(Value owner, String name, Arguments arguments) {
        if (!(owner instanceof Str && StringMethods.TAKE_NAMES.contains(name))) {
            arguments.positionalOnly();
        }
        Value result = switch (owner) {
            case Str s -> StringMethods.call(s, name, arguments);
            case Dict d -> call(d, name, arguments);
            case ListOf l -> name.equals("copy") ? l : search(l.items(), name, arguments);
            case Tuple t -> search(t.items(), name, arguments);
            case LoopState loop -> loop.call(name, arguments);
            default -> throw new Failure("'" + Types.name(owner) + "' object has no method '" + name + "'");
        };
        arguments.done();
        return result;
    }

    private static Value call(Dict dict, String name, Arguments arguments) {
        return switch (name) {
            case "get" -> {
                Value found = dict.get(arguments.require("key"));
                Value otherwise = arguments.takeOr("default", None.NONE);
                yield found == null ? otherwise : found;
            }
            case "keys" -> new DictView(name, dict.keys());
            case "values" -> new DictView(name, dict.values());
            case "items" -> new DictView(name, dict.items());
            default -> dict;
        };
    }

    private static Value search(List<Value> items, String name, Arguments arguments) {
        Value wanted = arguments.require("value");
        if (name.equals("count")) {
            return Int.of(items.stream()
                    .filter(item -> Comparison.equal(item, wanted))
                    .count());
        }
        long from = from(arguments.integer("start", 0), items.size());
        long to = from(arguments.integer("stop", Long.MAX_VALUE), items.size());
        for (long i = from; i < Math.min(to, items.size()); i++) {
            if (Comparison.equal(items.get((int) i), wanted)) {
                return Int.of(i);
            }
        }
        throw new Failure("the value is not in the list");
    }

    private static long from(long bound, int size) {
        return bound < 0 ? Math.max(0, bound + size) : bound;
    }
}
