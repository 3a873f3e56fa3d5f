package dev.vidda.gateway.jinja;

import dev.vidda.gateway.jinja.Value.Int;
import dev.vidda.gateway.jinja.Value.ListOf;
import dev.vidda.gateway.jinja.Value.Real;
import dev.vidda.gateway.jinja.Value.Str;
import dev.vidda.gateway.jinja.Value.Tuple;
import dev.vidda.gateway.jinja.Value.Undefined;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Python's arithmetic on numbers, strings, lists and tuples. */
final class Arithmetic {

    private Arithmetic() {}

    static Value apply(String operator, Value left, Value right) {
        if (left instanceof Undefined undefined) {
            throw undefined.failure();
        }
        if (operator.equals("%") && left instanceof Str format) {
            return Str.of(PercentFormat.format(Types.plainText(format), right));
        }
        if (right instanceof Undefined undefined) {
            throw undefined.failure();
        }
        if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
            return Numbers.isInteger(left) && Numbers.isInteger(right)
                    ? integers(operator, Numbers.integer(left), Numbers.integer(right))
                    : new Real(reals(operator, Numbers.real(left), Numbers.real(right)));
        }
        return switch (operator) {
            case "+" -> add(left, right);
            case "*" -> Numbers.isInteger(left) ? repeat(right, left) : repeat(left, right);
            default -> throw misfit(operator, left, right);
        };
    }

    private static Value add(Value left, Value right) {
        if (left instanceof Str a && right instanceof Str b) {
            Sizes.checkText((long) a.text().length() + b.text().length());
            if (a.markup() || b.markup()) {
                return new Str(Markup.escape(a) + Markup.escape(b), true);
            }
            return Str.of(a.text() + b.text());
        }
        if (left instanceof ListOf a && right instanceof ListOf b) {
            return new ListOf(concatenate(a.items(), b.items()));
        }
        if (left instanceof Tuple a && right instanceof Tuple b) {
            return new Tuple(concatenate(a.items(), b.items()));
        }
        throw misfit("+", left, right);
    }

    private static List<Value> concatenate(List<Value> left, List<Value> right) {
        Sizes.checkItems((long) left.size() + right.size());
        List<Value> all = new ArrayList<>(left.size() + right.size());
        all.addAll(left);
        all.addAll(right);
        return Collections.unmodifiableList(all);
    }

    private static Value repeat(Value value, Value count) {
        if (!Numbers.isInteger(count)) {
            throw misfit("*", value, count);
        }
        long times = Math.max(0, Types.integer(count, "a count"));
        return switch (value) {
            case Str s -> {
                Sizes.checkText(s.text().isEmpty() ? 0 : times);
                Sizes.checkText(s.text().isEmpty() ? 0 : times * s.text().length());
                yield s.text().isEmpty() ? s : new Str(s.text().repeat((int) times), s.markup());
            }
            case ListOf l -> new ListOf(repeat(l.items(), times));
            case Tuple t -> new Tuple(repeat(t.items(), times));
            default -> throw misfit("*", value, count);
        };
    }

    private static List<Value> repeat(List<Value> items, long times) {
        if (items.isEmpty()) {
            return items;
        }
        Sizes.checkItems(times);
        Sizes.checkItems(times * items.size());
        List<Value> all = new ArrayList<>();
        for (long i = 0; i < times; i++) {
            all.addAll(items);
        }
        return Collections.unmodifiableList(all);
    }

    private static Value integers(String operator, BigInteger a, BigInteger b) {
        return switch (operator) {
            case "+" -> Numbers.of(a.add(b));
            case "-" -> Numbers.of(a.subtract(b));
            case "*" -> Numbers.of(a.multiply(b));
            case "/" -> new Real(divide(Numbers.real(new Int(a)), Numbers.real(new Int(b))));
            case "//" -> Numbers.of(floor(a, b)[0]);
            case "%" -> Numbers.of(floor(a, b)[1]);
            case "**" -> power(a, b);
            default -> throw new IllegalArgumentException("no operator '" + operator + "'");
        };
    }

    /** Quotient rounded down, and the remainder that has the divisor's sign. */
    private static BigInteger[] floor(BigInteger a, BigInteger b) {
        if (b.signum() == 0) {
            throw new Failure("division by zero");
        }
        BigInteger[] result = a.divideAndRemainder(b);
        if (result[1].signum() != 0 && result[1].signum() != b.signum()) {
            result[0] = result[0].subtract(BigInteger.ONE);
            result[1] = result[1].add(b);
        }
        return result;
    }

    private static Value power(BigInteger base, BigInteger exponent) {
        if (exponent.signum() < 0) {
            if (base.signum() == 0) {
                throw new Failure("zero cannot be raised to a negative power");
            }
            return new Real(Math.pow(Numbers.real(new Int(base)), Numbers.real(new Int(exponent))));
        }
        if (base.abs().compareTo(BigInteger.ONE) <= 0) {
            boolean itself = exponent.testBit(0) || base.signum() == 0;
            return new Int(itself && exponent.signum() > 0 ? base : BigInteger.ONE);
        }
        Sizes.checkBits(exponent.bitLength() > 31 ? Long.MAX_VALUE : base.bitLength() * exponent.longValue());
        return Numbers.of(base.pow(exponent.intValueExact()));
    }

    private static double reals(String operator, double a, double b) {
        return switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> divide(a, b);
            case "//" -> floor(a, b);
            case "%" -> modulo(a, b);
            case "**" -> powerOf(a, b);
            default -> throw new IllegalArgumentException("no operator '" + operator + "'");
        };
    }

    private static double divide(double a, double b) {
        if (b == 0) {
            throw new Failure("division by zero");
        }
        return a / b;
    }

    /** The quotient rounded down, computed from the remainder as Python does, which matters next to whole numbers. */
    private static double floor(double a, double b) {
        double exact = divide(a - modulo(a, b), b);
        if (exact == 0) {
            return Math.copySign(0, a / b);
        }
        double floor = Math.floor(exact);
        return exact - floor > 0.5 ? floor + 1 : floor;
    }

    private static double modulo(double a, double b) {
        if (b == 0) {
            throw new Failure("modulo by zero");
        }
        double remainder = a % b;
        if (remainder == 0) {
            return Math.copySign(0, b);
        }
        return (remainder < 0) == (b < 0) ? remainder : remainder + b;
    }

    private static double powerOf(double a, double b) {
        double result = Math.pow(a, b);
        if ((a == 0 && b < 0)
                || (a < 0 && !Numbers.isWhole(b))
                || (Double.isInfinite(result) && !Double.isInfinite(a) && !Double.isInfinite(b))) {
            throw new Failure(Numbers.repr(a) + " cannot be raised to the power " + Numbers.repr(b));
        }
        return result;
    }

    static Value negate(Value value) {
        return switch (value) {
            case Real r -> new Real(-r.number());
            case Undefined undefined -> throw undefined.failure();
            default -> Numbers.of(Numbers.integer(value).negate());
        };
    }

    static Value plus(Value value) {
        return switch (value) {
            case Real r -> r;
            case Undefined undefined -> throw undefined.failure();
            default -> Numbers.of(Numbers.integer(value));
        };
    }

    private static Failure misfit(String operator, Value left, Value right) {
        return new Failure("unsupported operand types for " + operator + ": '" + Types.name(left) + "' and '"
                + Types.name(right) + "'");
    }
}
