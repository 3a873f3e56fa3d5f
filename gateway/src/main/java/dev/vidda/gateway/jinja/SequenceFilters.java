package dev.vidda.gateway.jinja;

import dev.vidda.gateway.jinja.Filters.Filter;
import dev.vidda.gateway.jinja.Value.Dict;
import dev.vidda.gateway.jinja.Value.Int;
import dev.vidda.gateway.jinja.Value.ListOf;
import dev.vidda.gateway.jinja.Value.None;
import dev.vidda.gateway.jinja.Value.Str;
import dev.vidda.gateway.jinja.Value.Stream;
import dev.vidda.gateway.jinja.Value.Tuple;
import dev.vidda.gateway.jinja.Value.Undefined;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The filters that work on lists and dicts. Those that jinja2 writes as generators are lazy here too. */
final class SequenceFilters {

    private SequenceFilters() {}

    static Map<String, Filter> all() {
        Map<String, Filter> filters = new HashMap<>();
        filters.put("length", (input, _) -> Int.of(Types.length(input)));
        filters.put("count", (input, _) -> Int.of(Types.length(input)));
        filters.put("list", (input, _) -> new ListOf(List.copyOf(Types.items(input))));
        filters.put("first", (input, _) -> first(input));
        filters.put("last", (input, _) -> last(input));
        filters.put("join", SequenceFilters::join);
        filters.put("items", (input, _) -> items(input));
        filters.put("dictsort", SequenceFilters::dictSort);
        filters.put("reverse", (input, _) -> reverse(input));
        filters.put("sort", SequenceFilters::sort);
        filters.put("unique", SequenceFilters::unique);
        filters.put("min", (input, args) -> extreme(input, args, Comparison.comparator()));
        filters.put(
                "max",
                (input, args) -> extreme(input, args, Comparison.comparator().reversed()));
        filters.put("sum", SequenceFilters::sum);
        filters.put("batch", SequenceFilters::batch);
        filters.put("map", SequenceFilters::map);
        filters.put("select", (input, args) -> select(input, args, false, true));
        filters.put("reject", (input, args) -> select(input, args, false, false));
        filters.put("selectattr", (input, args) -> select(input, args, true, true));
        filters.put("rejectattr", (input, args) -> select(input, args, true, false));
        return filters;
    }

    private static Value first(Value input) {
        Iterator<Value> items = Types.iterate(input);
        return items.hasNext() ? items.next() : new Undefined("No first item, sequence was empty.");
    }

    private static Value last(Value input) {
        List<Value> items = reversible(input);
        return items.isEmpty() ? new Undefined("No last item, sequence was empty.") : items.getLast();
    }

    private static List<Value> reversible(Value input) {
        if (input instanceof Stream) {
            throw new Failure("a lazy sequence has no end; make it a list with '| list' first");
        }
        return Types.items(input);
    }

    private static Value join(Value input, Arguments arguments) {
        String separator = Types.plainText(arguments.takeOr("d", Str.EMPTY));
        UnaryOperator<Value> attribute = attribute(arguments.take("attribute"), null);
        StringBuilder out = new StringBuilder();
        Iterator<Value> items = Types.iterate(input);
        for (boolean first = true; items.hasNext(); first = false) {
            out.append(first ? "" : separator).append(Types.text(attribute.apply(items.next())));
            Sizes.checkText(out.length());
        }
        return Str.of(out.toString());
    }

    private static Value items(Value input) {
        return switch (input) {
            case Undefined _ -> new Stream(Collections.emptyIterator());
            case Dict dict -> new Stream(dict.items().iterator());
            default -> throw new Failure("the filter 'items' needs a mapping, not '" + Types.name(input) + "'");
        };
    }

    private static Value dictSort(Value input, Arguments arguments) {
        boolean caseSensitive = arguments.truth("case_sensitive", false);
        String by = arguments.string("by", "key");
        boolean reverse = arguments.truth("reverse", false);
        if (!by.equals("key") && !by.equals("value")) {
            throw new Failure("dictsort sorts by \"key\" or \"value\", not \"" + by + "\"");
        }
        if (!(input instanceof Dict dict)) {
            throw input instanceof Undefined undefined
                    ? undefined.failure()
                    : new Failure("the filter 'dictsort' needs a mapping, not '" + Types.name(input) + "'");
        }
        int part = by.equals("key") ? 0 : 1;
        UnaryOperator<Value> key = pair -> fold(((Tuple) pair).items().get(part), caseSensitive);
        return new ListOf(sorted(dict.items(), key, reverse));
    }

    private static Value reverse(Value input) {
        if (input instanceof Str) {
            return Str.of(PythonText.reverse(Types.plainText(input)));
        }
        List<Value> reversed = Types.items(input).reversed();
        return input instanceof Stream ? new ListOf(reversed) : new Stream(reversed.iterator());
    }

    private static Value sort(Value input, Arguments arguments) {
        boolean reverse = arguments.truth("reverse", false);
        boolean caseSensitive = arguments.truth("case_sensitive", false);
        Value attribute = arguments.take("attribute");
        List<UnaryOperator<Value>> keys = attribute instanceof Str s
                ? PythonText.split(s.text(), ",", -1).stream()
                        .map(name -> attribute(Str.of(name), null))
                        .toList()
                : List.of(attribute(attribute, null));
        UnaryOperator<Value> key = item -> new ListOf(
                keys.stream().map(k -> fold(k.apply(item), caseSensitive)).toList());
        return new ListOf(sorted(Types.items(input), key, reverse));
    }

    /** A stable sort; reversed, equal items keep their order too. */
    private static List<Value> sorted(List<Value> items, UnaryOperator<Value> key, boolean reverse) {
        List<Value> sorted = new ArrayList<>(items);
        Comparator<Value> order = Comparator.comparing(key, Comparison.comparator());
        sorted.sort(reverse ? order.reversed() : order);
        return Collections.unmodifiableList(sorted);
    }

    private static Value fold(Value value, boolean caseSensitive) {
        return !caseSensitive && value instanceof Str s ? Str.of(PythonText.lower(s.text())) : value;
    }

    private static Value unique(Value input, Arguments arguments) {
        boolean caseSensitive = arguments.truth("case_sensitive", false);
        UnaryOperator<Value> attribute = attribute(arguments.take("attribute"), null);
        Set<Object> seen = new HashSet<>();
        return filtered(Types.iterate(input), item -> seen.add(Dict.key(fold(attribute.apply(item), caseSensitive))));
    }

    private static Value extreme(Value input, Arguments arguments, Comparator<Value> order) {
        boolean caseSensitive = arguments.truth("case_sensitive", false);
        UnaryOperator<Value> attribute = attribute(arguments.take("attribute"), null);
        return Types.items(input).stream()
                .min(Comparator.comparing(item -> fold(attribute.apply(item), caseSensitive), order))
                .orElseGet(() -> new Undefined("No aggregated item, sequence was empty."));
    }

    private static Value sum(Value input, Arguments arguments) {
        UnaryOperator<Value> attribute = attribute(arguments.take("attribute"), null);
        Value sum = arguments.takeOr("start", Int.of(0));
        if (sum instanceof Str) {
            throw new Failure("the filter 'sum' cannot add strings; use 'join'");
        }
        for (Value item : Types.items(input)) {
            sum = Arithmetic.apply("+", sum, attribute.apply(item));
        }
        return sum;
    }

    private static Value batch(Value input, Arguments arguments) {
        long count = Types.integer(arguments.require("linecount"), "the size of a batch");
        Value fill = arguments.takeOr("fill_with", None.NONE);
        if (count < 1) {
            throw new Failure("a batch needs at least one item, not " + count);
        }
        List<Value> items = Types.items(input);
        List<Value> batches = new ArrayList<>();
        for (int from = 0; from < items.size(); from += (int) Math.min(count, items.size())) {
            List<Value> batch = new ArrayList<>(items.subList(from, (int) Math.min(from + count, items.size())));
            Sizes.checkItems(fill == None.NONE ? 0 : count);
            while (fill != None.NONE && batch.size() < count) {
                batch.add(fill);
            }
            batches.add(new ListOf(Collections.unmodifiableList(batch)));
        }
        return new Stream(batches.iterator());
    }

    private static Value map(Value input, Arguments arguments) {
        UnaryOperator<Value> operation = mapped(arguments);
        if (!Types.isTrue(input)) {
            return new Stream(Collections.emptyIterator());
        }
        Iterator<Value> items = Types.iterate(input);
        return new Stream(new Iterator<>() {
            @Override
            public boolean hasNext() {
                return items.hasNext();
            }

            @Override
            public Value next() {
                return operation.apply(items.next());
            }
        });
    }

    private static UnaryOperator<Value> mapped(Arguments arguments) {
        if (!arguments.hasPositional()) {
            Value attribute = arguments.require("attribute");
            Value otherwise = arguments.takeOr("default", None.NONE);
            return attribute(attribute, otherwise == None.NONE ? null : otherwise);
        }
        String filter = Types.string(arguments.require("filter"), "the filter to map");
        List<Value> positional = arguments.takeRest();
        Map<String, Value> named = arguments.takeNamed();
        return item -> Filters.apply(filter, item, new Arguments("filter '" + filter + "'", positional, named));
    }

    private static Value select(Value input, Arguments arguments, boolean byAttribute, boolean keep) {
        UnaryOperator<Value> attribute =
                byAttribute ? attribute(arguments.require("attribute"), null) : UnaryOperator.identity();
        Predicate<Value> test = arguments.hasPositional() ? tested(arguments) : Types::isTrue;
        if (!Types.isTrue(input)) {
            return new Stream(Collections.emptyIterator());
        }
        return filtered(Types.iterate(input), item -> test.test(attribute.apply(item)) == keep);
    }

    private static Predicate<Value> tested(Arguments arguments) {
        String test = Types.string(arguments.require("test"), "the test to select by");
        List<Value> positional = arguments.takeRest();
        Map<String, Value> named = arguments.takeNamed();
        return item -> Tests.test(test, item, new Arguments("test '" + test + "'", positional, named));
    }

    private static Stream filtered(Iterator<Value> items, Predicate<Value> keep) {
        return new Stream(new LazyFilter(items, keep));
    }

    /** Looks an attribute up by a path such as {@code function.name} or {@code 0}; nothing to look up for null. */
    private static UnaryOperator<Value> attribute(@Nullable Value path, @Nullable Value otherwise) {
        if (path == null || path == None.NONE) {
            return UnaryOperator.identity();
        }
        List<Value> parts = path instanceof Str s
                ? PythonText.split(s.text(), ".", -1).stream()
                        .map(SequenceFilters::part)
                        .toList()
                : List.of(path);
        return item -> {
            Value at = item;
            for (Value part : parts) {
                at = Access.item(at, part);
                at = otherwise != null && at instanceof Undefined ? otherwise : at;
            }
            return at;
        };
    }

    private static Value part(String name) {
        return Numbers.parseInteger(name, 10)
                .filter(_ -> PythonText.all(name, Character::isDigit))
                .<Value>map(Int::new)
                .orElse(Str.of(name));
    }
}
