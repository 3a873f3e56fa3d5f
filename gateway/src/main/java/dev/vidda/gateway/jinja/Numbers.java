package dev.vidda.gateway.jinja;

import dev.vidda.gateway.jinja.Value.Bool;
import dev.vidda.gateway.jinja.Value.Int;
import dev.vidda.gateway.jinja.Value.Real;
import dev.vidda.gateway.jinja.Value.Str;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Optional;
import java.util.regex.Pattern;

/** Python's numbers: integers of any size, floats, and booleans counting as integers. */
final class Numbers {

    private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]++(?:_[0-9]++)*+");
    private static final Pattern DECIMAL =
            Pattern.compile("[+-]?(?:[0-9_]++(?:\\.[0-9_]*+)?|\\.[0-9_]++)(?:[eE][+-]?[0-9_]++)?");
    private static final int MOST_DIGITS = 4300;

    private Numbers() {}

    static boolean isNumber(Value value) {
        return value instanceof Int || value instanceof Real || value instanceof Bool;
    }

    static boolean isInteger(Value value) {
        return value instanceof Int || value instanceof Bool;
    }

    static BigInteger integer(Value value) {
        return switch (value) {
            case Int i -> i.number();
            case Bool b -> b == Bool.TRUE ? BigInteger.ONE : BigInteger.ZERO;
            default -> throw new Failure("'" + Types.name(value) + "' is not an integer");
        };
    }

    static double real(Value value) {
        return value instanceof Real(double number) ? number : finite(integer(value));
    }

    private static double finite(BigInteger number) {
        double real = number.doubleValue();
        if (Double.isInfinite(real)) {
            throw new Failure("an integer is too large to become a float");
        }
        return real;
    }

    static Int of(BigInteger number) {
        Sizes.checkBits(number.bitLength());
        return new Int(number);
    }

    static boolean isWhole(double number) {
        return !Double.isInfinite(number) && number == Math.rint(number);
    }

    static BigInteger truncate(double number) {
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            throw new Failure("cannot convert float " + repr(number) + " to an integer");
        }
        return new BigDecimal(number).toBigInteger();
    }

    static int compare(Value left, Value right) {
        if (isInteger(left) && isInteger(right)) {
            return integer(left).compareTo(integer(right));
        }
        if (left instanceof Real(double a) && right instanceof Real(double b)) {
            return a == b ? 0 : Double.compare(a, b);
        }
        return left instanceof Real(double a) ? compare(a, integer(right)) : -compare(real(right), integer(left));
    }

    private static int compare(double real, BigInteger integer) {
        return Double.isInfinite(real) || Double.isNaN(real)
                ? (real < 0 ? -1 : 1)
                : new BigDecimal(real).compareTo(new BigDecimal(integer));
    }

    /** {@code int(text)}; empty when the text is not an integer. */
    static Optional<BigInteger> parseInteger(String text, int base) {
        String digits = PythonText.strip(text, null, true, true);
        if (base == 10) {
            boolean valid = INTEGER.matcher(digits).matches() && digits.length() <= MOST_DIGITS;
            return valid ? Optional.of(new BigInteger(digits.replace("_", ""))) : Optional.empty();
        }
        if (base < 2 || base > 36) {
            throw new Failure("int() base must be from 2 to 36, not " + base);
        }
        String prefix = base == 16 ? "0x" : base == 8 ? "0o" : base == 2 ? "0b" : "";
        String body = PythonText.lower(digits);
        String sign = body.startsWith("-") ? "-" : "";
        body = body.startsWith("-") || body.startsWith("+") ? body.substring(1) : body;
        body = !prefix.isEmpty() && body.startsWith(prefix) ? body.substring(2) : body;
        boolean valid =
                PythonText.all(body, c -> c < 0x80 && Character.digit(c, base) >= 0) && body.length() <= MOST_DIGITS;
        return valid ? Optional.of(new BigInteger(sign + body, base)) : Optional.empty();
    }

    /** {@code float(text)}; empty when the text is not a number. */
    static Optional<Double> parseReal(String text) {
        String digits = PythonText.lower(PythonText.strip(text, null, true, true));
        String name = digits.startsWith("+") || digits.startsWith("-") ? digits.substring(1) : digits;
        double sign = digits.startsWith("-") ? -1 : 1;
        if (name.equals("inf") || name.equals("infinity")) {
            return Optional.of(sign * Double.POSITIVE_INFINITY);
        }
        if (name.equals("nan")) {
            return Optional.of(Double.NaN);
        }
        boolean valid = DECIMAL.matcher(digits).matches() && !digits.matches(".*(^|[^0-9])_.*|.*_([^0-9].*|$)");
        return valid ? Optional.of(Double.valueOf(digits.replace("_", ""))) : Optional.empty();
    }

    /** {@code round(value, digits)}: half to even, on the exact decimal value of a float. */
    static Value round(Value value, long digits) {
        if (digits < -400 || digits > 400) {
            throw new Failure("round() to " + digits + " digits is not supported");
        }
        if (value instanceof Real(double number)) {
            if (Double.isNaN(number) || Double.isInfinite(number)) {
                return value;
            }
            double rounded = new BigDecimal(number)
                    .setScale((int) digits, RoundingMode.HALF_EVEN)
                    .doubleValue();
            return new Real(Math.copySign(rounded, number));
        }
        BigDecimal exact = new BigDecimal(integer(value));
        return of(
                digits >= 0
                        ? exact.toBigInteger()
                        : exact.setScale((int) digits, RoundingMode.HALF_EVEN).toBigInteger());
    }

    /** The shortest decimal that reads back as the same float, written as Python does. */
    static String repr(double number) {
        if (Double.isNaN(number)) {
            return "nan";
        }
        if (Double.isInfinite(number)) {
            return number > 0 ? "inf" : "-inf";
        }
        if (number == 0) {
            return 1 / number < 0 ? "-0.0" : "0.0";
        }
        BigDecimal shortest = new BigDecimal(Double.toString(Math.abs(number))).stripTrailingZeros();
        String digits = shortest.unscaledValue().toString();
        int exponent = digits.length() - shortest.scale() - 1;
        String sign = number < 0 ? "-" : "";
        if (exponent < -4 || exponent >= 16) {
            String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
            String size = Math.abs(exponent) < 10 ? "0" + Math.abs(exponent) : Integer.toString(Math.abs(exponent));
            return sign + mantissa + "e" + (exponent < 0 ? "-" : "+") + size;
        }
        String plain = shortest.toPlainString();
        return sign + (plain.contains(".") ? plain : plain + ".0");
    }

    /** Converts what {@code int} accepts; empty for what it refuses. */
    static Optional<Value> toInteger(Value value, int base) {
        return switch (value) {
            case Int i -> Optional.of(i);
            case Bool b -> Optional.of(new Int(integer(b)));
            case Real(double number) when Double.isNaN(number) || Double.isInfinite(number) -> Optional.empty();
            case Real(double number) -> Optional.of(of(truncate(number)));
            case Str s ->
                parseInteger(s.text(), base)
                        .or(() -> parseReal(s.text())
                                .filter(real -> !Double.isNaN(real) && !Double.isInfinite(real))
                                .map(Numbers::truncate))
                        .map(Numbers::of);
            case Value.Undefined undefined -> throw undefined.failure();
            default -> Optional.empty();
        };
    }
}
