package dev.vidda.gateway.schema;

import dev.vidda.protocol.grammar.ByteSet;
import dev.vidda.protocol.grammar.Expr;
import java.util.ArrayList;
import java.util.List;

/** Sets of characters as sequences of bytes. */
final class Utf8 {
    private static final int[] LAST_OF_LENGTH = {0x7f, 0x7ff, 0xffff, 0x10ffff};
    private static final CodePoints SURROGATES = CodePoints.of(Character.MIN_SURROGATE, Character.MAX_SURROGATE);

    private Utf8() {}

    /** Any character of {@code set}; surrogates are none. */
    static Expr expr(CodePoints set) {
        List<Expr> choices = new ArrayList<>();
        ByteSet single = ByteSet.NONE;
        for (CodePoints.Range range : set.minus(SURROGATES).ranges()) {
            int first = range.first();
            for (int last : LAST_OF_LENGTH) {
                if (first <= Math.min(range.last(), last)) {
                    int end = Math.min(range.last(), last);
                    if (last == LAST_OF_LENGTH[0]) {
                        single = single.or(ByteSet.range(first, end));
                    } else {
                        add(encode(first), encode(end), 0, List.of(), choices);
                    }
                    first = end + 1;
                }
            }
        }
        if (!single.isEmpty()) {
            choices.addFirst(new Expr.Bytes(single));
        }
        return Expr.alt(choices);
    }

    /** All encodings between two of the same length: byte by byte, as long as they agree. */
    private static void add(int[] low, int[] high, int at, List<Expr> before, List<Expr> choices) {
        if (at == low.length - 1) {
            choices.add(sequence(before, bytes(low[at], high[at]), 0));
            return;
        }
        if (low[at] == high[at]) {
            add(low, high, at + 1, with(before, bytes(low[at], low[at])), choices);
            return;
        }
        int from = low[at];
        int to = high[at];
        int rest = low.length - at - 1;
        if (!all(low, at + 1, 0x80)) {
            add(low, filled(low, at, 0xbf), at + 1, with(before, bytes(from, from)), choices);
            from++;
        }
        boolean partialEnd = !all(high, at + 1, 0xbf);
        int fullTo = partialEnd ? to - 1 : to;
        if (from <= fullTo) {
            choices.add(sequence(before, bytes(from, fullTo), rest));
        }
        if (partialEnd) {
            add(filled(high, at, 0x80), high, at + 1, with(before, bytes(to, to)), choices);
        }
    }

    private static Expr sequence(List<Expr> before, Expr next, int anyBehind) {
        List<Expr> parts = with(before, next);
        for (int i = 0; i < anyBehind; i++) {
            parts.add(bytes(0x80, 0xbf));
        }
        return new Expr.Seq(parts);
    }

    private static List<Expr> with(List<Expr> before, Expr next) {
        List<Expr> parts = new ArrayList<>(before);
        parts.add(next);
        return parts;
    }

    private static Expr bytes(int first, int last) {
        return new Expr.Bytes(ByteSet.range(first, last));
    }

    private static boolean all(int[] bytes, int from, int value) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] != value) {
                return false;
            }
        }
        return true;
    }

    private static int[] filled(int[] bytes, int upTo, int value) {
        int[] copy = bytes.clone();
        for (int i = upTo + 1; i < copy.length; i++) {
            copy[i] = value;
        }
        return copy;
    }

    private static int[] encode(int codePoint) {
        if (codePoint <= LAST_OF_LENGTH[1]) {
            return new int[] {0xc0 | codePoint >> 6, 0x80 | codePoint & 0x3f};
        }
        if (codePoint <= LAST_OF_LENGTH[2]) {
            return new int[] {0xe0 | codePoint >> 12, 0x80 | codePoint >> 6 & 0x3f, 0x80 | codePoint & 0x3f};
        }
        return new int[] {
            0xf0 | codePoint >> 18, 0x80 | codePoint >> 12 & 0x3f, 0x80 | codePoint >> 6 & 0x3f, 0x80 | codePoint & 0x3f
        };
    }
}
