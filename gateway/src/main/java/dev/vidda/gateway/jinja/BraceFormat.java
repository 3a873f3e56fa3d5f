package dev.vidda.gateway.jinja;

import dev.vidda.gateway.jinja.Value.Real;
import dev.vidda.gateway.jinja.Value.Str;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Python's {@code format.format(values)}: fields by position and name, with widths and the types s, d and f. */
final class BraceFormat {

    private static final Pattern FIELD =
            Pattern.compile("([0-9]{1,6}|[\\p{L}_][\\p{L}\\p{N}_]*)?(?:!([rs]))?(?::(.*))?");
    private static final Pattern SPEC =
            Pattern.compile("(?:(.)?([<>^]))?(0)?([0-9]{1,9})?(,)?(?:\\.([0-9]{1,9}))?([sdf])?", Pattern.DOTALL);

    private final List<Value> positional;
    private final Map<String, Value> named;
    private int next;

    private BraceFormat(List<Value> positional, Map<String, Value> named) {
        this.positional = positional;
        this.named = named;
    }

    static String format(String format, List<Value> positional, Map<String, Value> named) {
        return new BraceFormat(positional, named).format(format);
    }

    private String format(String format) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if ((c == '{' || c == '}') && i + 1 < format.length() && format.charAt(i + 1) == c) {
                out.append(c);
                i++;
            } else if (c == '}') {
                throw new Failure("Single '}' encountered in format string");
            } else if (c == '{') {
                int end = format.indexOf('}', i);
                out.append(field(end < 0 ? "{" : format.substring(i + 1, end)));
                i = end;
            } else {
                out.append(c);
            }
            Sizes.checkText(out.length());
        }
        return out.toString();
    }

    private String field(String field) {
        Matcher parts = FIELD.matcher(field);
        if (!parts.matches()) {
            throw new Failure("the format field '{" + field + "}' is not supported");
        }
        Value value = value(parts.group(1));
        String conversion = parts.group(2);
        Value converted =
                conversion == null ? value : Str.of(conversion.equals("r") ? Python.repr(value) : Types.text(value));
        String spec = parts.group(3);
        return spec == null || spec.isEmpty() ? Types.text(converted) : apply(spec, converted);
    }

    private Value value(@Nullable String name) {
        if (name != null && !Character.isDigit(name.charAt(0))) {
            Value value = named.get(name);
            if (value == null) {
                throw new Failure("the format needs the argument " + Python.repr(name));
            }
            return value;
        }
        int index = name == null ? next++ : Integer.parseInt(name);
        if (name != null && next > 0) {
            throw new Failure("cannot switch from automatic to manual field numbering");
        }
        if (index >= positional.size()) {
            throw new Failure("Replacement index " + index + " out of range for positional args tuple");
        }
        return positional.get(index);
    }

    private static String apply(String spec, Value value) {
        Matcher parts = SPEC.matcher(spec);
        boolean text = value instanceof Str;
        boolean known = parts.matches() && (text || Numbers.isInteger(value) || value instanceof Real);
        if (!known || value instanceof Value.Bool) {
            throw new Failure("the format '" + spec + "' of a '" + Types.name(value) + "' is not supported");
        }
        String body = body(parts, spec, value);
        long width = parts.group(4) == null ? 0 : Long.parseLong(parts.group(4));
        boolean zeros = parts.group(3) != null && parts.group(2) == null;
        if (zeros && text) {
            throw new Failure("the format '" + spec + "' of a 'str' is not supported");
        }
        if (zeros) {
            int sign = body.startsWith("-") ? 1 : 0;
            return body.substring(0, sign) + PythonText.pad(body.substring(sign), width - sign, "0", -1);
        }
        String fill = parts.group(1) == null ? " " : parts.group(1);
        String align = parts.group(2) == null ? (text ? "<" : ">") : parts.group(2);
        return switch (align) {
            case "<" -> PythonText.pad(body, width, fill, 1);
            case ">" -> PythonText.pad(body, width, fill, -1);
            default -> centre(body, width, fill);
        };
    }

    private static String centre(String body, long width, String fill) {
        long missing = Math.max(0, width - PythonText.length(body));
        return PythonText.pad(PythonText.pad(body, PythonText.length(body) + missing / 2, fill, -1), width, fill, 1);
    }

    private static String body(Matcher parts, String spec, Value value) {
        String type = parts.group(7);
        int precision = parts.group(6) == null ? -1 : Integer.parseInt(parts.group(6));
        boolean grouped = parts.group(5) != null;
        if (value instanceof Str s && (type == null || type.equals("s")) && !grouped) {
            return PercentFormat.cut(s.text(), precision);
        }
        if ("f".equals(type) && Numbers.isNumber(value)) {
            String fixed = PercentFormat.fixed(Numbers.real(value), precision < 0 ? 6 : precision);
            return grouped ? group(fixed) : fixed;
        }
        if (Numbers.isInteger(value) && (type == null || type.equals("d")) && precision < 0) {
            String digits = Numbers.integer(value).toString();
            return grouped ? group(digits) : digits;
        }
        throw new Failure("the format '" + spec + "' of a '" + Types.name(value) + "' is not supported");
    }

    private static String group(String number) {
        int end = number.indexOf('.') < 0 ? number.length() : number.indexOf('.');
        StringBuilder out = new StringBuilder(number);
        for (int i = end - 3; i > (number.startsWith("-") ? 1 : 0); i -= 3) {
            out.insert(i, ',');
        }
        return out.toString();
    }
}
