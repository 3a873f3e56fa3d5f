package dev.vidda.gateway.jinja;

import dev.vidda.gateway.jinja.Value.Dict;
import dev.vidda.gateway.jinja.Value.None;
import dev.vidda.gateway.jinja.Value.Real;
import dev.vidda.gateway.jinja.Value.Str;
import dev.vidda.gateway.jinja.Value.Undefined;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** The filters by name: those of jinja2 that templates for models use, with {@code tojson} as transformers has it. */
final class Filters {

    /** What a filter does to the value before it. */
    @FunctionalInterface
    interface Filter {
        Value apply(Value input, Arguments arguments);
    }

    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}_]+");
    private static final Map<String, Filter> FILTERS = filters();

    private Filters() {}

    static Set<String> names() {
        return FILTERS.keySet();
    }

    static Value apply(String name, Value input, Arguments arguments) {
        Filter filter = FILTERS.get(name);
        if (filter == null) {
            throw new Failure("unknown filter '" + name + "'");
        }
        Value result = filter.apply(input, arguments);
        arguments.done();
        return result;
    }

    private static Map<String, Filter> filters() {
        Map<String, Filter> filters = new HashMap<>(SequenceFilters.all());
        filters.put("upper", text(PythonText::upper));
        filters.put("lower", text(PythonText::lower));
        filters.put("capitalize", text(PythonText::capitalize));
        filters.put("title", text(Filters::title));
        filters.put(
                "trim",
                (input, args) ->
                        Str.of(PythonText.strip(Types.plainText(input), args.stringOrNone("chars"), true, true)));
        filters.put("replace", Filters::replace);
        filters.put("indent", Filters::indent);
        filters.put(
                "center",
                (input, args) -> Str.of(PythonText.pad(Types.plainText(input), args.integer("width", 80), " ", 0)));
        filters.put("format", Filters::format);
        filters.put("wordcount", (input, _) -> Value.Int.of(words(Types.plainText(input))));
        filters.put("string", (input, _) -> input instanceof Str ? input : Str.of(Types.text(input)));
        filters.put("safe", (input, _) -> new Str(Types.text(input), true));
        filters.put("escape", Filters::escape);
        filters.put("e", Filters::escape);
        filters.put("tojson", (input, args) -> Str.of(Json.write(input, args.forwardTo("filter 'tojson'"))));
        filters.put("default", Filters::otherwise);
        filters.put("d", Filters::otherwise);
        filters.put("int", Filters::toInteger);
        filters.put("float", Filters::toReal);
        filters.put("abs", (input, _) -> absolute(input));
        filters.put("round", Filters::round);
        filters.put("attr", (input, args) -> attribute(input, args.string("name", "")));
        return Map.copyOf(filters);
    }

    private static Filter text(UnaryOperator<String> operation) {
        return (input, _) -> Str.of(operation.apply(Types.plainText(input)));
    }

    /** The filter {@code title}, which unlike the method begins words after whitespace and brackets only. */
    private static String title(String text) {
        StringBuilder out = new StringBuilder();
        boolean begins = true;
        for (String c : PythonText.characters(text)) {
            out.append(begins ? PythonText.upper(c) : PythonText.lower(c));
            begins = "-({[<".contains(c) || PythonText.isSpace(c);
        }
        return out.toString();
    }

    private static Value replace(Value input, Arguments arguments) {
        String from = Types.plainText(arguments.require("old"));
        String to = Types.plainText(arguments.require("new"));
        Value count = arguments.takeOr("count", None.NONE);
        return Str.of(PythonText.replace(
                Types.plainText(input), from, to, count == None.NONE ? -1 : Types.integer(count, "count")));
    }

    private static Value indent(Value input, Arguments arguments) {
        String text = Types.string(input, "the text to indent");
        Value width = arguments.takeOr("width", Value.Int.of(4));
        boolean first = arguments.truth("first", false);
        boolean blank = arguments.truth("blank", false);
        String indentation = width instanceof Str
                ? Types.plainText(width)
                : " ".repeat((int) Math.clamp(Types.integer(width, "an indentation"), 0, 10_000));
        StringBuilder out = new StringBuilder();
        List<String> lines = PythonText.lines(text + "\n", false);
        for (int i = 0; i < lines.size(); i++) {
            boolean indents = i == 0 ? first : blank || !lines.get(i).isEmpty();
            out.append(i == 0 ? "" : "\n").append(indents ? indentation : "").append(lines.get(i));
            Sizes.checkText(out.length());
        }
        return Str.of(out.toString());
    }

    private static Value format(Value input, Arguments arguments) {
        List<Value> positional = arguments.takeRest();
        Map<String, Value> named = arguments.takeNamed();
        if (!positional.isEmpty() && !named.isEmpty()) {
            throw new Failure("the filter 'format' takes positional or named arguments, not both");
        }
        Value values = named.isEmpty() ? new Value.Tuple(positional) : Dict.ofNamed(named);
        return Str.of(PercentFormat.format(Types.plainText(input), values));
    }

    private static long words(String text) {
        return WORD.matcher(text).results().count();
    }

    private static Value escape(Value input, Arguments arguments) {
        return new Str(Markup.escape(input instanceof Str s ? s : Str.of(Types.text(input))), true);
    }

    private static Value otherwise(Value input, Arguments arguments) {
        Value value = arguments.takeOr("default_value", Str.EMPTY);
        boolean orFalse = arguments.truth("boolean", false);
        return input instanceof Undefined || (orFalse && !Types.isTrue(input)) ? value : input;
    }

    private static Value toInteger(Value input, Arguments arguments) {
        Value otherwise = arguments.takeOr("default", Value.Int.of(0));
        long base = arguments.integer("base", 10);
        return Numbers.toInteger(input, (int) base).orElse(otherwise);
    }

    private static Value toReal(Value input, Arguments arguments) {
        Value otherwise = arguments.takeOr("default", new Real(0));
        return switch (input) {
            case Undefined undefined -> throw undefined.failure();
            case Str s -> Numbers.parseReal(s.text()).<Value>map(Real::new).orElse(otherwise);
            default -> Numbers.isNumber(input) ? new Real(Numbers.real(input)) : otherwise;
        };
    }

    private static Value absolute(Value input) {
        return switch (input) {
            case Undefined undefined -> throw undefined.failure();
            case Real(double number) -> new Real(Math.abs(number));
            default -> Numbers.of(Numbers.integer(input).abs());
        };
    }

    private static Value round(Value input, Arguments arguments) {
        long precision = arguments.integer("precision", 0);
        String method = arguments.string("method", "common");
        if (!Numbers.isNumber(input)) {
            throw input instanceof Undefined undefined
                    ? undefined.failure()
                    : new Failure("'" + Types.name(input) + "' cannot be rounded");
        }
        return switch (method) {
            case "common" -> Numbers.round(input, precision);
            case "ceil" -> towards(input, precision, RoundingMode.CEILING);
            case "floor" -> towards(input, precision, RoundingMode.FLOOR);
            default -> throw new Failure("the rounding method must be common, ceil or floor, not " + method);
        };
    }

    private static Value towards(Value input, long precision, RoundingMode mode) {
        if (precision < 0 || precision > 300) {
            throw new Failure("rounding to " + precision + " digits is not supported");
        }
        double scale = Math.pow(10, precision);
        double scaled = Numbers.real(input) * scale;
        Numbers.truncate(scaled);
        return new Real(new BigDecimal(scaled).setScale(0, mode).doubleValue() / scale);
    }

    private static Value attribute(Value input, String name) {
        return input instanceof Dict
                ? new Undefined("'dict object' has no attribute " + Python.repr(name))
                : Access.attribute(input, name);
    }
}
