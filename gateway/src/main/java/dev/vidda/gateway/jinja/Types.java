package dev.vidda.gateway.jinja;

import dev.vidda.gateway.jinja.Value.Bool;
import dev.vidda.gateway.jinja.Value.Dict;
import dev.vidda.gateway.jinja.Value.DictView;
import dev.vidda.gateway.jinja.Value.Function;
import dev.vidda.gateway.jinja.Value.Int;
import dev.vidda.gateway.jinja.Value.ListOf;
import dev.vidda.gateway.jinja.Value.Method;
import dev.vidda.gateway.jinja.Value.Namespace;
import dev.vidda.gateway.jinja.Value.None;
import dev.vidda.gateway.jinja.Value.Range;
import dev.vidda.gateway.jinja.Value.Real;
import dev.vidda.gateway.jinja.Value.Str;
import dev.vidda.gateway.jinja.Value.Stream;
import dev.vidda.gateway.jinja.Value.Tuple;
import dev.vidda.gateway.jinja.Value.Undefined;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalInt;

/** What values are and contain: type names, truth, length, iteration, conversion to text. */
final class Types {

    private Types() {}

    /** Python's name of the type, for messages. */
    static String name(Value value) {
        return switch (value) {
            case None _ -> "NoneType";
            case Bool _ -> "bool";
            case Int _ -> "int";
            case Real _ -> "float";
            case Str s -> s.markup() ? "Markup" : "str";
            case ListOf _ -> "list";
            case Tuple _ -> "tuple";
            case Dict _ -> "dict";
            case DictView view -> "dict_" + view.kind();
            case Range _ -> "range";
            case Stream _ -> "generator";
            case Namespace _ -> "Namespace";
            case Undefined _ -> "Undefined";
            case Method _ -> "method";
            case Function _ -> "function";
            case LoopState _ -> "LoopContext";
        };
    }

    static boolean isTrue(Value value) {
        return switch (value) {
            case None _, Undefined _ -> false;
            case Bool b -> b == Bool.TRUE;
            case Int i -> i.number().signum() != 0;
            case Real r -> r.number() != 0;
            case Str s -> !s.text().isEmpty();
            case ListOf _, Tuple _, Dict _, DictView _, Range _, LoopState _ -> length(value) != 0;
            case Stream _, Namespace _, Method _, Function _ -> true;
        };
    }

    /** The length, where the type has one. */
    static OptionalInt lengthIfAny(Value value) {
        return switch (value) {
            case Str s -> OptionalInt.of(PythonText.length(s.text()));
            case ListOf l -> OptionalInt.of(l.items().size());
            case Tuple t -> OptionalInt.of(t.items().size());
            case Dict d -> OptionalInt.of(d.entries().size());
            case DictView view -> OptionalInt.of(view.items().size());
            case Range r -> OptionalInt.of(r.length());
            case LoopState loop -> OptionalInt.of(loop.length());
            case Undefined _ -> OptionalInt.of(0);
            case None _, Bool _, Int _, Real _, Stream _, Namespace _, Method _, Function _ -> OptionalInt.empty();
        };
    }

    static int length(Value value) {
        return lengthIfAny(value).orElseThrow(() -> new Failure("object of type '" + name(value) + "' has no len()"));
    }

    static boolean isIterable(Value value) {
        return switch (value) {
            case Str _, ListOf _, Tuple _, Dict _, DictView _, Range _, Stream _, Undefined _, LoopState _ -> true;
            case None _, Bool _, Int _, Real _, Namespace _, Method _, Function _ -> false;
        };
    }

    /** The items of an iterable; a stream's can be taken once. */
    static Iterator<Value> iterate(Value value) {
        return value instanceof Stream(Iterator<Value> items)
                ? items
                : items(value).iterator();
    }

    /** All items of an iterable at once. */
    static List<Value> items(Value value) {
        return switch (value) {
            case Str s ->
                PythonText.characters(s.text()).stream().<Value>map(Str::of).toList();
            case ListOf l -> l.items();
            case Tuple t -> t.items();
            case Dict d -> d.keys();
            case DictView view -> view.items();
            case Range r -> r.items();
            case Stream s -> drain(s.items());
            case Undefined _ -> Collections.emptyList();
            case LoopState _ -> throw new Failure("looping over the variable 'loop' is not supported");
            case None _, Bool _, Int _, Real _, Namespace _, Method _, Function _ ->
                throw new Failure("'" + name(value) + "' object is not iterable");
        };
    }

    private static List<Value> drain(Iterator<Value> items) {
        List<Value> list = new ArrayList<>();
        while (items.hasNext()) {
            list.add(items.next());
            Sizes.checkItems(list.size());
        }
        return list;
    }

    /** {@code str(value)}. */
    static String text(Value value) {
        return value instanceof Str s ? s.text() : value instanceof Undefined ? "" : Python.repr(value);
    }

    /** {@code str(value)} for an operation that would treat markup in a way of its own, which is not supported. */
    static String plainText(Value value) {
        if (value instanceof Str s && s.markup()) {
            throw new Failure("text marked as safe can only be printed, tested and joined here");
        }
        return text(value);
    }

    /** The string that an argument must be. */
    static String string(Value value, String what) {
        if (value instanceof Str) {
            return plainText(value);
        }
        throw misfit(value, what, "a string");
    }

    /** The integer that an argument must be; booleans count. */
    static long integer(Value value, String what) {
        Value number = Numbers.isInteger(value) ? value : misfits(value, what);
        var exact = Numbers.integer(number);
        return exact.bitLength() < 63 ? exact.longValue() : exact.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }

    private static Value misfits(Value value, String what) {
        throw misfit(value, what, "an integer");
    }

    private static Failure misfit(Value value, String what, String wanted) {
        return value instanceof Undefined undefined
                ? undefined.failure()
                : new Failure(what + " must be " + wanted + ", not '" + name(value) + "'");
    }
}
