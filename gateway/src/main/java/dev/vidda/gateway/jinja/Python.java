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
import java.util.List;
import java.util.Locale;

/** Python's {@code repr}. */
final class Python {

    private static final int DEEPEST = 200;

    private Python() {}

    static String repr(Value value) {
        StringBuilder out = new StringBuilder();
        write(value, out, 0);
        return out.toString();
    }

    static String repr(String text) {
        StringBuilder out = new StringBuilder();
        write(text, out);
        return out.toString();
    }

    private static void write(Value value, StringBuilder out, int depth) {
        Sizes.checkText(out.length());
        if (depth > DEEPEST) {
            throw new Failure("a value nested deeper than " + DEEPEST + " levels cannot be written");
        }
        switch (value) {
            case None _ -> out.append("None");
            case Bool b -> out.append(b == Bool.TRUE ? "True" : "False");
            case Int i -> out.append(i.number());
            case Real r -> out.append(Numbers.repr(r.number()));
            case Str s -> writeString(s, out);
            case ListOf l -> writeAll(l.items(), "[", "]", out, depth);
            case Tuple t -> writeAll(t.items(), "(", t.items().size() == 1 ? ",)" : ")", out, depth);
            case Dict d -> writeDict(d, out, depth);
            case DictView view -> writeAll(view.items(), "dict_" + view.kind() + "([", "])", out, depth);
            case Range r -> writeRange(r, out);
            case Undefined _ -> out.append("Undefined");
            case LoopState loop ->
                out.append("<LoopContext ")
                        .append(loop.index())
                        .append('/')
                        .append(loop.length())
                        .append('>');
            case Stream _, Namespace _, Method _, Function _ ->
                throw new Failure("a " + Types.name(value) + " cannot be written as text");
        }
    }

    private static void writeString(Str string, StringBuilder out) {
        if (string.markup()) {
            out.append("Markup(");
            write(string.text(), out);
            out.append(')');
        } else {
            write(string.text(), out);
        }
    }

    private static void writeAll(List<Value> items, String open, String close, StringBuilder out, int depth) {
        out.append(open);
        String separator = "";
        for (Value item : items) {
            out.append(separator);
            write(item, out, depth + 1);
            separator = ", ";
        }
        out.append(close);
    }

    private static void writeDict(Dict dict, StringBuilder out, int depth) {
        out.append('{');
        String separator = "";
        for (Dict.Entry entry : dict.entries().values()) {
            out.append(separator);
            write(entry.key(), out, depth + 1);
            out.append(": ");
            write(entry.value(), out, depth + 1);
            separator = ", ";
        }
        out.append('}');
    }

    private static void writeRange(Range range, StringBuilder out) {
        out.append("range(").append(range.start()).append(", ").append(range.stop());
        if (range.step() != 1) {
            out.append(", ").append(range.step());
        }
        out.append(')');
    }

    private static void write(String text, StringBuilder out) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        out.append(quote);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c == quote) {
                        out.append('\\').append(quote);
                    } else if (isPrintable(c)) {
                        out.appendCodePoint(c);
                    } else {
                        out.append(c <= 0xFF ? hex("\\x%02x", c) : c <= 0xFFFF ? hex("\\u%04x", c) : hex("\\U%08x", c));
                    }
                }
            }
        });
        out.append(quote);
    }

    private static String hex(String format, int codePoint) {
        return String.format(Locale.ROOT, format, codePoint);
    }

    static boolean isPrintable(int codePoint) {
        return codePoint == ' '
                || switch (Character.getType(codePoint)) {
                    case Character.CONTROL,
                            Character.FORMAT,
                            Character.SURROGATE,
                            Character.PRIVATE_USE,
                            Character.UNASSIGNED,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR,
                            Character.SPACE_SEPARATOR -> false;
                    default -> true;
                };
    }
}
