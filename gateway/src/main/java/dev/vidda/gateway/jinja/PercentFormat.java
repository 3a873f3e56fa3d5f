package dev.vidda.gateway.jinja;

import dev.vidda.gateway.jinja.Value.Dict;
import dev.vidda.gateway.jinja.Value.Real;
import dev.vidda.gateway.jinja.Value.Tuple;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Python's {@code format % values}, for text, integers and fixed-point numbers. */
final class PercentFormat {

    private static final Pattern CONVERSION =
            Pattern.compile("%(?:\\(([^)]*)\\))?([-+ 0#]*)([0-9]{0,9})(?:\\.([0-9]{0,9}))?(.)", Pattern.DOTALL);
    private static final int MOST_DECIMALS = 1000;

    private final Deque<Value> remaining;
    private final Value values;

    private PercentFormat(Value values) {
        this.values = values;
        this.remaining = new ArrayDeque<>(values instanceof Tuple tuple ? tuple.items() : List.of(values));
    }

    static String format(String format, Value values) {
        return new PercentFormat(values).format(format);
    }

    private String format(String format) {
        StringBuilder out = new StringBuilder();
        Matcher conversion = CONVERSION.matcher(format);
        int at = 0;
        boolean named = false;
        for (int percent = format.indexOf('%'); percent >= 0; percent = format.indexOf('%', at)) {
            if (!conversion.region(percent, format.length()).lookingAt()) {
                throw new Failure("incomplete format");
            }
            out.append(format, at, percent).append(convert(conversion));
            named |= conversion.group(1) != null;
            at = conversion.end();
            Sizes.checkText(out.length());
        }
        if (!named && !remaining.isEmpty() && !mayBeLeft(values)) {
            throw new Failure("not all arguments converted during string formatting");
        }
        return out.append(format.substring(at)).toString();
    }

    /** Python asks only values that cannot be subscripted, strings and tuples to be used up. */
    private static boolean mayBeLeft(Value values) {
        return values instanceof Dict
                || values instanceof Value.ListOf
                || values instanceof Value.Range
                || values instanceof Value.Undefined;
    }

    private String convert(Matcher conversion) {
        String type = part(conversion, 5);
        if (type.equals("%")) {
            return "%";
        }
        Value value = value(conversion.group(1));
        String flags = part(conversion, 2);
        int precision = conversion.group(4) == null ? -1 : number(part(conversion, 4), 0);
        String body = switch (type) {
            case "s" -> cut(Types.text(value), precision);
            case "r" -> cut(Python.repr(value), precision);
            case "d", "i", "u" -> sign(integer(value).toString(), flags);
            case "x" -> sign(integer(value).toString(16), flags);
            case "X" -> PythonText.upper(sign(integer(value).toString(16), flags));
            case "o" -> sign(integer(value).toString(8), flags);
            case "f", "F" -> sign(fixed(Numbers.real(value), precision < 0 ? 6 : precision), flags);
            default -> throw new Failure("the conversion '%" + type + "' is not supported");
        };
        if (flags.contains("#")) {
            throw new Failure("the flag '#' of a conversion is not supported");
        }
        return pad(body, number(part(conversion, 3), 0), flags, "sr".contains(type));
    }

    private Value value(@Nullable String name) {
        if (name != null) {
            if (!(values instanceof Dict dict)) {
                throw new Failure("format requires a mapping");
            }
            Value value = dict.get(name);
            if (value == null) {
                throw new Failure("the format needs the key " + Python.repr(name));
            }
            return value;
        }
        Value next = remaining.poll();
        if (next == null) {
            throw new Failure("not enough arguments for format string");
        }
        return next;
    }

    private static BigInteger integer(Value value) {
        return value instanceof Real(double number) ? Numbers.truncate(number) : Numbers.integer(value);
    }

    /** The number with {@code precision} decimals, rounded half to even on its exact value. */
    static String fixed(double number, int precision) {
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            return Numbers.repr(number);
        }
        if (precision > MOST_DECIMALS) {
            throw new Failure(precision + " decimals are too many, the limit is " + MOST_DECIMALS);
        }
        String digits = new BigDecimal(number)
                .setScale(precision, RoundingMode.HALF_EVEN)
                .abs()
                .toPlainString();
        return (1 / number < 0 || number < 0 ? "-" : "") + digits;
    }

    static String cut(String text, int precision) {
        return precision < 0 || precision >= PythonText.length(text)
                ? text
                : text.substring(0, text.offsetByCodePoints(0, precision));
    }

    private static String sign(String number, String flags) {
        if (number.startsWith("-")) {
            return number;
        }
        return (flags.contains("+") ? "+" : flags.contains(" ") ? " " : "") + number;
    }

    private static String pad(String body, int width, String flags, boolean text) {
        if (flags.contains("-")) {
            return PythonText.pad(body, width, " ", 1);
        }
        if (text || !flags.contains("0")) {
            return PythonText.pad(body, width, " ", -1);
        }
        int sign = body.startsWith("-") || body.startsWith("+") || body.startsWith(" ") ? 1 : 0;
        return body.substring(0, sign) + PythonText.pad(body.substring(sign), (long) width - sign, "0", -1);
    }

    private static String part(Matcher conversion, int group) {
        return Objects.requireNonNullElse(conversion.group(group), "");
    }

    static int number(String digits, int otherwise) {
        return digits.isEmpty() ? otherwise : Integer.parseInt(digits);
    }
}
