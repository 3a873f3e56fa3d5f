package dev.vidda.gateway.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an expression evaluates to: Python's values as far as templates meet them. All but {@link Namespace},
 * {@link Stream} and {@link LoopState} are immutable, and those never leave one rendering.
 *
 * <p>Compare with {@link Comparison}, never with {@code equals}.
 */
sealed interface Value
        permits Value.None,
                Value.Bool,
                Value.Int,
                Value.Real,
                Value.Str,
                Value.ListOf,
                Value.Tuple,
                Value.Dict,
                Value.DictView,
                Value.Range,
                Value.Stream,
                Value.Namespace,
                Value.Undefined,
                Value.Method,
                Value.Function,
                LoopState {

    /** Python's {@code None}. */
    enum None implements Value {
        NONE
    }

    /** True or false. */
    enum Bool implements Value {
        FALSE,
        TRUE;

        static Bool of(boolean value) {
            return value ? TRUE : FALSE;
        }
    }

    /** An integer of any size. */
    record Int(BigInteger number) implements Value {
        static Int of(long number) {
            return new Int(BigInteger.valueOf(number));
        }
    }

    /** A float. */
    record Real(double number) implements Value {}

    /** A string; markup is text marked as safe, which jinja2 escapes others for when they are added to it. */
    record Str(String text, boolean markup) implements Value {
        static final Str EMPTY = of("");

        static Str of(String text) {
            return new Str(text, false);
        }
    }

    /** A list; templates cannot change one. */
    record ListOf(List<Value> items) implements Value {
        static ListOf strings(List<String> texts) {
            return new ListOf(texts.stream().<Value>map(Str::of).toList());
        }
    }

    /** A tuple. */
    record Tuple(List<Value> items) implements Value {}

    /** A dict in order of insertion, by {@link #key hashable key}; templates cannot change one. */
    record Dict(Map<Object, Entry> entries) implements Value {

        /** A key as it was written, and its value. */
        record Entry(Value key, Value value) {}

        static Dict of(List<Entry> entries) {
            Map<Object, Entry> map = LinkedHashMap.newLinkedHashMap(entries.size());
            for (Entry entry : entries) {
                map.merge(key(entry.key()), entry, (old, fresh) -> new Entry(old.key(), fresh.value()));
            }
            return new Dict(Collections.unmodifiableMap(map));
        }

        static Dict ofNamed(Map<String, Value> values) {
            return of(values.entrySet().stream()
                    .map(e -> new Entry(Str.of(e.getKey()), e.getValue()))
                    .toList());
        }

        @Nullable
        Value get(Value key) {
            Entry entry = entries.get(key(key));
            return entry == null ? null : entry.value();
        }

        @Nullable
        Value get(String key) {
            Entry entry = entries.get(key);
            return entry == null ? null : entry.value();
        }

        List<Value> keys() {
            return entries.values().stream().map(Entry::key).toList();
        }

        List<Value> values() {
            return entries.values().stream().map(Entry::value).toList();
        }

        List<Value> items() {
            return entries.values().stream()
                    .<Value>map(e -> new Tuple(List.of(e.key(), e.value())))
                    .toList();
        }

        /** What equal keys have in common: 1, 1.0 and True are one key. */
        static Object key(Value value) {
            return switch (value) {
                case Str s -> s.text();
                case Int i -> i.number();
                case Bool b -> b == Bool.TRUE ? BigInteger.ONE : BigInteger.ZERO;
                case Real r -> Numbers.isWhole(r.number()) ? Numbers.truncate(r.number()) : (Object) r.number();
                case None none -> none;
                case Tuple t -> t.items().stream().map(Dict::key).toList();
                case Undefined _ -> Undefined.class;
                case ListOf _, Dict _, DictView _, Range _, Stream _, Namespace _, Method _, Function _, LoopState _ ->
                    throw new Failure("unhashable type: '" + Types.name(value) + "'");
            };
        }
    }

    /** What {@code keys()}, {@code values()} and {@code items()} give. */
    record DictView(String kind, List<Value> items) implements Value {}

    /** What {@code range()} gives. */
    record Range(long start, long stop, long step) implements Value {
        int length() {
            long span = step > 0 ? stop - start : start - stop;
            long stride = Math.abs(step);
            return span <= 0 ? 0 : Math.toIntExact((span + stride - 1) / stride);
        }

        Value get(int index) {
            return Int.of(start + index * step);
        }

        List<Value> items() {
            List<Value> items = new ArrayList<>(length());
            for (int i = 0; i < length(); i++) {
                items.add(get(i));
            }
            return items;
        }
    }

    /** A sequence that can be walked once, lazily: what filters such as {@code map} and {@code selectattr} give. */
    record Stream(Iterator<Value> items) implements Value {}

    /** What {@code namespace()} gives: the one thing a template can change from an inner scope. */
    record Namespace(Map<String, Value> attributes) implements Value {
        public Namespace {
            attributes = new HashMap<>(attributes);
        }
    }

    /** Something that is not there; using it for more than printing, testing or looping is an error. */
    record Undefined(String problem) implements Value {
        static Undefined variable(String name) {
            return new Undefined(Python.repr(name) + " is undefined");
        }

        Failure failure() {
            return new Failure(problem);
        }
    }

    /** A method of a value, taken but not yet called. */
    record Method(Value owner, String name) implements Value {}

    /** A macro, a caller's block or one of the functions every template has. */
    record Function(String description, Body body) implements Value {}

    /** What a function does. */
    @FunctionalInterface
    interface Body {
        Value call(Arguments arguments);
    }
}
