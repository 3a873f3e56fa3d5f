package dev.vidda.gateway.jinja;

import dev.vidda.gateway.jinja.Value.Body;
import dev.vidda.gateway.jinja.Value.Dict;
import dev.vidda.gateway.jinja.Value.Function;
import dev.vidda.gateway.jinja.Value.Namespace;
import dev.vidda.gateway.jinja.Value.Range;
import dev.vidda.gateway.jinja.Value.Str;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The functions that every template has, those of {@code transformers} among them. */
final class Globals {

    private static final int LONGEST_RANGE = 100_000;

    private Globals() {}

    static void define(Scope scope, LocalDateTime now) {
        define(scope, "namespace", Globals::namespace);
        define(scope, "dict", arguments -> Dict.of(entries(arguments)));
        define(scope, "range", Globals::range);
        define(scope, "raise_exception", Globals::raise);
        define(scope, "strftime_now", arguments -> {
            String format = Types.string(arguments.require("format"), "the format of a time");
            arguments.done();
            return Str.of(TimeFormat.format(format, now));
        });
    }

    private static void define(Scope scope, String name, Body body) {
        scope.set(name, new Function("function '" + name + "'", body));
    }

    private static Value raise(Arguments arguments) {
        String message = Types.text(arguments.require("message"));
        arguments.done();
        throw Failure.raisedByTemplate(message);
    }

    private static Value namespace(Arguments arguments) {
        Map<String, Value> attributes = new HashMap<>();
        for (Dict.Entry entry : entries(arguments)) {
            attributes.put(Types.string(entry.key(), "the name of an attribute"), entry.value());
        }
        return new Namespace(attributes);
    }

    /** What {@code dict(...)} is made of: a mapping or a list of pairs, then named values. */
    private static List<Dict.Entry> entries(Arguments arguments) {
        List<Dict.Entry> entries = new ArrayList<>();
        if (arguments.hasPositional()) {
            Value first = arguments.require("mapping");
            if (first instanceof Dict dict) {
                entries.addAll(dict.entries().values());
            } else {
                Types.items(first).forEach(pair -> entries.add(entry(pair)));
            }
        }
        arguments.takeNamed().forEach((name, value) -> entries.add(new Dict.Entry(Str.of(name), value)));
        arguments.done();
        return entries;
    }

    private static Dict.Entry entry(Value pair) {
        List<Value> both = Types.items(pair);
        if (both.size() != 2) {
            throw new Failure("a dict is made of pairs, not of " + both.size() + " values");
        }
        return new Dict.Entry(both.getFirst(), both.getLast());
    }

    private static Value range(Arguments arguments) {
        List<Value> bounds = arguments.takeRest();
        arguments.done();
        if (bounds.isEmpty() || bounds.size() > 3) {
            throw new Failure("range() takes one to three bounds, not " + bounds.size());
        }
        long start = bounds.size() == 1 ? 0 : bound(bounds.get(0));
        long stop = bound(bounds.get(bounds.size() == 1 ? 0 : 1));
        long step = bounds.size() == 3 ? bound(bounds.get(2)) : 1;
        if (step == 0) {
            throw new Failure("range() step must not be zero");
        }
        Range range = new Range(start, stop, step);
        if (range.length() > LONGEST_RANGE) {
            throw new Failure("a range is longer than " + LONGEST_RANGE);
        }
        return range;
    }

    private static long bound(Value value) {
        return Math.clamp(Types.integer(value, "a bound of range()"), Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
}
