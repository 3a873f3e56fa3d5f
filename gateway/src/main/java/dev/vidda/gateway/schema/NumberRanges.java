package dev.vidda.gateway.schema;

import dev.vidda.protocol.grammar.Expr;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Numbers between two bounds, digit by digit. */
final class NumberRanges {
    private static final int MOST_FRACTION_DIGITS = 15;
    private static final BigInteger LARGEST = BigInteger.TEN.pow(15).subtract(BigInteger.ONE);
    private static final Expr DIGIT = Expr.ascii("0-9");
    private static final Expr NEVER = new Expr.Alt(List.of());

    private NumberRanges() {}

    /** A bound; {@code open} excludes the value itself. */
    record Bound(BigDecimal value, boolean open) {
        Bound negated() {
            return new Bound(value.negate(), open);
        }

        static Bound lowest() {
            return new Bound(new BigDecimal(LARGEST.negate()), false);
        }

        static Bound highest() {
            return new Bound(new BigDecimal(LARGEST), false);
        }
    }

    /** All integers between the bounds. */
    static Expr integers(Bound low, Bound high) {
        BigInteger from = low.value().setScale(0, RoundingMode.CEILING).toBigInteger();
        BigInteger to = high.value().setScale(0, RoundingMode.FLOOR).toBigInteger();
        if (low.open() && new BigDecimal(from).compareTo(low.value()) == 0) {
            from = from.add(BigInteger.ONE);
        }
        if (high.open() && new BigDecimal(to).compareTo(high.value()) == 0) {
            to = to.subtract(BigInteger.ONE);
        }
        List<Expr> choices = new ArrayList<>();
        if (from.signum() < 0) {
            BigInteger largest = from.negate();
            BigInteger smallest = to.signum() < 0 ? to.negate() : BigInteger.ONE;
            choices.add(Expr.seq(Expr.literal("-"), naturals(smallest, largest)));
        }
        if (to.signum() >= 0) {
            choices.add(naturals(from.max(BigInteger.ZERO), to));
        }
        return Expr.alt(choices);
    }

    /** All decimal numbers between the bounds, with a bounded number of digits. */
    static Expr decimals(Bound low, Bound high) {
        List<Expr> choices = new ArrayList<>();
        Bound zero = new Bound(BigDecimal.ZERO, false);
        if (low.value().signum() < 0) {
            Bound from = high.value().signum() < 0 ? high.negated() : zero;
            choices.add(Expr.seq(Expr.literal("-"), positives(from, low.negated())));
        }
        if (high.value().signum() >= 0) {
            choices.add(positives(low.value().signum() < 0 ? zero : low, high));
        }
        return Expr.alt(choices);
    }

    private static Expr positives(Bound low, Bound high) {
        BigInteger from = low.value().toBigInteger();
        BigInteger to = high.value().toBigInteger();
        if (to.compareTo(from) < 0) {
            return NEVER;
        }
        List<Expr> choices = new ArrayList<>();
        boolean same = from.equals(to);
        choices.add(Expr.seq(Expr.literal(from.toString()), new Fraction(low, same ? high : null).expr()));
        if (!same) {
            Expr between = naturals(from.add(BigInteger.ONE), to.subtract(BigInteger.ONE));
            choices.add(Expr.seq(between, new Fraction(null, null).expr()));
            choices.add(Expr.seq(Expr.literal(to.toString()), new Fraction(null, high).expr()));
        }
        return Expr.alt(choices);
    }

    private static Expr naturals(BigInteger from, BigInteger to) {
        List<Expr> choices = new ArrayList<>();
        BigInteger start = from;
        while (start.compareTo(to) <= 0) {
            int length = start.toString().length();
            BigInteger end = BigInteger.TEN.pow(length).subtract(BigInteger.ONE).min(to);
            choices.add(digits(start.toString(), end.toString(), true, true));
            start = end.add(BigInteger.ONE);
        }
        return Expr.alt(choices);
    }

    /** Texts as long as {@code low} and {@code high}, not below one where {@code atLow}, not above the other where {@code atHigh}. */
    private static Expr digits(String low, String high, boolean atLow, boolean atHigh) {
        if (low.isEmpty()) {
            return Expr.EMPTY;
        }
        if (!atLow && !atHigh) {
            return new Expr.Repeat(DIGIT, low.length(), low.length());
        }
        char from = atLow ? low.charAt(0) : '0';
        char to = atHigh ? high.charAt(0) : '9';
        String lowRest = low.substring(1);
        String highRest = high.substring(1);
        if (from == to) {
            return Expr.seq(Expr.literal(String.valueOf(from)), digits(lowRest, highRest, atLow, atHigh));
        }
        List<Expr> choices = new ArrayList<>();
        if (atLow) {
            choices.add(Expr.seq(Expr.literal(String.valueOf(from++)), digits(lowRest, highRest, true, false)));
        }
        if (atHigh) {
            choices.add(Expr.seq(Expr.literal(String.valueOf(to--)), digits(lowRest, highRest, false, true)));
        }
        if (from <= to) {
            choices.add(Expr.seq(Expr.ascii(from + "-" + to), digits(lowRest, highRest, false, false)));
        }
        return Expr.alt(choices);
    }

    /** What may follow the whole part of a number that equals that of {@code low}, of {@code high}, or of none. */
    private static final class Fraction {
        private final String low;
        private final String high;
        private final boolean hasLow;
        private final boolean hasHigh;
        private final boolean lowOpen;
        private final boolean highOpen;

        private Fraction(@Nullable Bound low, @Nullable Bound high) {
            hasLow = low != null;
            hasHigh = high != null;
            this.low = low == null ? "" : fraction(low.value());
            this.high = high == null ? "" : fraction(high.value());
            lowOpen = low != null && low.open();
            highOpen = high != null && high.open();
        }

        private static String fraction(BigDecimal value) {
            String digits = value.stripTrailingZeros().toPlainString();
            int point = digits.indexOf('.');
            return point < 0 ? "" : digits.substring(point + 1);
        }

        Expr expr() {
            Expr some = Expr.seq(Expr.literal("."), more(0, hasLow, hasHigh, false));
            return mayEnd(0, hasLow, hasHigh) ? Expr.optional(some) : some;
        }

        /** Digits from the {@code i}-th on, as long as it equals the bounds so far. */
        private Expr more(int i, boolean atLow, boolean atHigh, boolean optional) {
            Expr next;
            if (i >= MOST_FRACTION_DIGITS) {
                next = NEVER;
            } else if (!atLow && !atHigh) {
                return new Expr.Repeat(DIGIT, optional ? 0 : 1, MOST_FRACTION_DIGITS - i);
            } else {
                next = choices(i, atLow ? digit(low, i) : '0', atHigh ? digit(high, i) : '9', atLow, atHigh);
            }
            return optional && mayEnd(i, atLow, atHigh) ? Expr.optional(next) : next;
        }

        private Expr choices(int i, char from, char to, boolean atLow, boolean atHigh) {
            List<Expr> choices = new ArrayList<>();
            if (from == to) {
                choices.add(Expr.seq(Expr.literal(String.valueOf(from)), more(i + 1, atLow, atHigh, true)));
                return Expr.alt(choices);
            }
            if (from > to) {
                return NEVER;
            }
            if (atLow) {
                choices.add(Expr.seq(Expr.literal(String.valueOf(from++)), more(i + 1, true, false, true)));
            }
            if (atHigh) {
                choices.add(Expr.seq(Expr.literal(String.valueOf(to--)), more(i + 1, false, true, true)));
            }
            if (from <= to) {
                choices.add(Expr.seq(Expr.ascii(from + "-" + to), more(i + 1, false, false, true)));
            }
            return Expr.alt(choices);
        }

        private static char digit(String digits, int i) {
            return i < digits.length() ? digits.charAt(i) : '0';
        }

        /** Whether the digits so far, which equal the bounds', are a number within them. */
        private boolean mayEnd(int i, boolean atLow, boolean atHigh) {
            boolean aboveLow = !atLow || (i >= low.length() && !lowOpen);
            boolean belowHigh = !atHigh || i < high.length() || !highOpen;
            return aboveLow && belowHigh;
        }
    }
}
