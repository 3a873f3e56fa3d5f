package dev.vidda.protocol.grammar;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** A set of texts, as bytes. */
public sealed interface Expr {
    /** Nothing but the empty text. */
    Expr EMPTY = new Seq(List.of());

    /** {@link Repeat#max()} for any number. */
    int ANY_NUMBER = -1;

    /** One byte of a set. */
    record Bytes(ByteSet set) implements Expr {}

    /** One text, in UTF-8. */
    record Literal(String text) implements Expr {
        byte[] bytes() {
            return text.getBytes(StandardCharsets.UTF_8);
        }
    }

    /** One after the other. */
    record Seq(List<Expr> parts) implements Expr {
        public Seq {
            parts = List.copyOf(parts);
        }
    }

    /** Any of them. */
    record Alt(List<Expr> choices) implements Expr {
        public Alt {
            choices = List.copyOf(choices);
        }
    }

    /**
     * Several in a row.
     *
     * @param max {@link #ANY_NUMBER} for no limit
     */
    record Repeat(Expr body, int min, int max) implements Expr {
        public Repeat {
            if (min < 0 || (max != ANY_NUMBER && max < min)) {
                throw new IllegalArgumentException("cannot repeat " + min + " to " + max + " times");
            }
        }
    }

    /** What a rule of the grammar says. */
    record Ref(String rule) implements Expr {}

    static Expr literal(String text) {
        return text.isEmpty() ? EMPTY : new Literal(text);
    }

    static Expr seq(Expr... parts) {
        return parts.length == 1 ? parts[0] : new Seq(Arrays.asList(parts));
    }

    static Expr alt(List<Expr> choices) {
        return choices.size() == 1 ? choices.getFirst() : new Alt(choices);
    }

    static Expr optional(Expr body) {
        return new Repeat(body, 0, 1);
    }

    static Expr star(Expr body) {
        return new Repeat(body, 0, ANY_NUMBER);
    }

    /** ASCII characters, each standing for itself, and ranges like {@code a-z}. */
    static Expr ascii(String characters) {
        ByteSet set = ByteSet.NONE;
        for (int i = 0; i < characters.length(); i++) {
            boolean range = i + 2 < characters.length() && characters.charAt(i + 1) == '-';
            set = set.or(ByteSet.range(characters.charAt(i), characters.charAt(range ? i + 2 : i)));
            i += range ? 2 : 0;
        }
        return new Bytes(set);
    }
}
