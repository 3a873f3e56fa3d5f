package dev.vidda.gateway.jinja;

import dev.vidda.gateway.jinja.Value.Bool;
import dev.vidda.gateway.jinja.Value.Dict;
import dev.vidda.gateway.jinja.Value.Int;
import dev.vidda.gateway.jinja.Value.ListOf;
import dev.vidda.gateway.jinja.Value.None;
import dev.vidda.gateway.jinja.Value.Real;
import dev.vidda.gateway.jinja.Value.Str;
import dev.vidda.gateway.jinja.Value.Tuple;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The {@code tojson} filter as {@code transformers} defines it: Python's {@code json.dumps} and its options. */
final class Json {

    private static final int DEEPEST = 200;

    private final StringBuilder out = new StringBuilder();
    private final boolean ascii;
    private final boolean sortKeys;
    private final @Nullable String indent;
    private final String itemSeparator;
    private final String keySeparator;

    private Json(Arguments arguments) {
        ascii = arguments.truth("ensure_ascii", false);
        indent = indent(arguments.takeOr("indent", None.NONE));
        List<String> separators = separators(arguments.takeOr("separators", None.NONE));
        itemSeparator = separators.isEmpty() ? (indent == null ? ", " : ",") : separators.getFirst();
        keySeparator = separators.isEmpty() ? ": " : separators.getLast();
        sortKeys = arguments.truth("sort_keys", false);
        arguments.done();
    }

    static String write(Value value, Arguments arguments) {
        Json json = new Json(arguments);
        json.write(value, 0);
        return json.out.toString();
    }

    private static @Nullable String indent(Value value) {
        if (value == None.NONE) {
            return null;
        }
        return value instanceof Str s
                ? s.text()
                : " ".repeat((int) Math.clamp(Types.integer(value, "indent"), 0, 1000));
    }

    private static List<String> separators(Value value) {
        if (value == None.NONE) {
            return List.of();
        }
        List<String> both = Types.items(value).stream()
                .map(s -> Types.string(s, "a separator"))
                .toList();
        if (both.size() != 2) {
            throw new Failure("tojson needs two separators, not " + both.size());
        }
        return both;
    }

    private void write(Value value, int depth) {
        Sizes.checkText(out.length());
        if (depth > DEEPEST) {
            throw new Failure("a value nested deeper than " + DEEPEST + " levels cannot be written as JSON");
        }
        switch (value) {
            case None _ -> out.append("null");
            case Bool b -> out.append(b == Bool.TRUE ? "true" : "false");
            case Int i -> out.append(i.number());
            case Real r -> out.append(number(r.number()));
            case Str s -> writeString(s.text());
            case ListOf l -> writeAll('[', l.items(), ']', depth, item -> write(item, depth + 1));
            case Tuple t -> writeAll('[', t.items(), ']', depth, item -> write(item, depth + 1));
            case Dict d -> writeAll('{', entries(d), '}', depth, entry -> writeEntry(entry, depth + 1));
            default -> throw new Failure("Object of type " + Types.name(value) + " is not JSON serializable");
        }
    }

    private List<Dict.Entry> entries(Dict dict) {
        List<Dict.Entry> entries = new ArrayList<>(dict.entries().values());
        if (sortKeys) {
            Collections.sort(entries, Comparator.comparing(Dict.Entry::key, Comparison.comparator()));
        }
        return entries;
    }

    private <T> void writeAll(char open, List<T> items, char close, int depth, Consumer<T> writeItem) {
        out.append(open);
        String separator = "";
        for (T item : items) {
            out.append(separator);
            breakLine(depth + 1);
            writeItem.accept(item);
            separator = itemSeparator;
        }
        if (!items.isEmpty()) {
            breakLine(depth);
        }
        out.append(close);
    }

    private void breakLine(int depth) {
        if (indent != null) {
            out.append('\n').repeat(indent, depth);
        }
    }

    private void writeEntry(Dict.Entry entry, int depth) {
        writeString(key(entry.key()));
        out.append(keySeparator);
        write(entry.value(), depth);
    }

    private static String key(Value key) {
        return switch (key) {
            case Str s -> s.text();
            case Bool b -> b == Bool.TRUE ? "true" : "false";
            case None _ -> "null";
            case Int i -> i.number().toString();
            case Real r -> number(r.number());
            default -> throw new Failure("a JSON key cannot be of type " + Types.name(key));
        };
    }

    private static String number(double number) {
        return Double.isNaN(number)
                ? "NaN"
                : Double.isInfinite(number) ? (number > 0 ? "Infinity" : "-Infinity") : Numbers.repr(number);
    }

    private void writeString(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < 0x20 || (ascii && c > 0x7E)) {
                        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
