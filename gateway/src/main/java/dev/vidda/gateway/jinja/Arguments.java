package dev.vidda.gateway.jinja;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of one call, taken by the callee in the order of its parameters: each {@code take} gives the next
 * positional argument, or the one with that name. {@link #done} refuses what nobody took.
 */
final class Arguments {

    static final Arguments NONE = new Arguments("", List.of(), Map.of());

    private final String callee;
    private final Deque<Value> positional;
    private final Map<String, Value> named;

    Arguments(String callee, List<Value> positional, Map<String, Value> named) {
        this.callee = callee;
        this.positional = new ArrayDeque<>(positional);
        this.named = new LinkedHashMap<>(named);
    }

    @Nullable
    Value take(String parameter) {
        Value next = positional.poll();
        if (next == null) {
            return named.remove(parameter);
        }
        if (named.containsKey(parameter)) {
            throw new Failure(callee + " got two values for '" + parameter + "'");
        }
        return next;
    }

    Value require(String parameter) {
        Value value = take(parameter);
        if (value == null) {
            throw new Failure(callee + " needs the argument '" + parameter + "'");
        }
        return value;
    }

    Value takeOr(String parameter, Value otherwise) {
        Value value = take(parameter);
        return value == null ? otherwise : value;
    }

    String string(String parameter, String otherwise) {
        Value value = take(parameter);
        return value == null ? otherwise : Types.string(value, "the argument '" + parameter + "' of " + callee);
    }

    /** A string, or null for an argument that is absent or None. */
    @Nullable
    String stringOrNone(String parameter) {
        Value value = take(parameter);
        return value == null || value == Value.None.NONE
                ? null
                : Types.string(value, "the argument '" + parameter + "' of " + callee);
    }

    long integer(String parameter, long otherwise) {
        Value value = take(parameter);
        return value == null ? otherwise : Types.integer(value, "the argument '" + parameter + "' of " + callee);
    }

    boolean truth(String parameter, boolean otherwise) {
        Value value = take(parameter);
        return value == null ? otherwise : Types.isTrue(value);
    }

    /** All positional arguments not yet taken. */
    List<Value> takeRest() {
        List<Value> rest = List.copyOf(positional);
        positional.clear();
        return rest;
    }

    /** The argument given by this name. */
    @Nullable
    Value takeNamed(String parameter) {
        return named.remove(parameter);
    }

    /** Refuses arguments by name, as most of Python's built-in methods do. */
    void positionalOnly() {
        if (!named.isEmpty()) {
            throw new Failure(callee + " takes no arguments by name");
        }
    }

    /** All named arguments not yet taken. */
    Map<String, Value> takeNamed() {
        Map<String, Value> rest = new LinkedHashMap<>(named);
        named.clear();
        return rest;
    }

    boolean hasPositional() {
        return !positional.isEmpty();
    }

    String callee() {
        return callee;
    }

    /** The same arguments for another callee. */
    Arguments forwardTo(String other) {
        return new Arguments(other, takeRest(), takeNamed());
    }

    void done() {
        if (!positional.isEmpty()) {
            throw new Failure(callee + " got " + positional.size() + " arguments too many");
        }
        if (!named.isEmpty()) {
            throw new Failure(
                    callee + " has no argument '" + named.keySet().iterator().next() + "'");
        }
    }
}
