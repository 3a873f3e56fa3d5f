package dev.vidda.gateway.schema;

import dev.vidda.protocol.grammar.ByteSet;
import dev.vidda.protocol.grammar.Expr;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Any text in which a marker does not occur, and then the marker: a rule for each beginning of the marker. */
public final class Until {
    private static final ByteSet ANY = ByteSet.range(0, 255);

    private Until() {}

    /** Text up to the first {@code marker}, and with it; then {@code after}. */
    public static Expr marker(Rules rules, String marker, Expr after) {
        return rule(rules, marker, after, false);
    }

    /** Any text; but once {@code marker} occurs in it, {@code after} must follow. */
    public static Expr maybeMarker(Rules rules, String marker, Expr after) {
        return rule(rules, marker, after, true);
    }

    private static Expr rule(Rules rules, String marker, Expr after, boolean mayEnd) {
        byte[] bytes = marker.getBytes(StandardCharsets.UTF_8);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < bytes.length; i++) {
            names.add(rules.reserve("until"));
        }
        for (int matched = 0; matched < bytes.length; matched++) {
            TreeMap<Integer, ByteSet> next = new TreeMap<>();
            ByteSet others = ANY;
            for (byte value : bytes) {
                ByteSet one = ByteSet.of(value & 0xff);
                others = others.minus(one);
                next.merge(follow(bytes, matched, value), one, ByteSet::or);
            }
            next.merge(0, others, ByteSet::or);
            List<Expr> choices = new ArrayList<>();
            next.forEach((target, set) -> choices.add(
                    Expr.seq(new Expr.Bytes(set), target == bytes.length ? after : new Expr.Ref(names.get(target)))));
            if (mayEnd) {
                choices.add(Expr.EMPTY);
            }
            rules.define(names.get(matched), Expr.alt(choices));
        }
        return new Expr.Ref(names.getFirst());
    }

    /** How much of the marker is matched after one more byte. */
    private static int follow(byte[] marker, int matched, byte value) {
        byte[] text = new byte[matched + 1];
        System.arraycopy(marker, 0, text, 0, matched);
        text[matched] = value;
        for (int length = Math.min(text.length, marker.length); length > 0; length--) {
            boolean fits = true;
            for (int i = 0; i < length && fits; i++) {
                fits = marker[i] == text[text.length - length + i];
            }
            if (fits) {
                return length;
            }
        }
        return 0;
    }
}
