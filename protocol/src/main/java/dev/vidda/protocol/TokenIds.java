package dev.vidda.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;

/** An immutable list of token ids: compared by content, kept as primitives, copied at its borders. */
public final class TokenIds {
    public static final TokenIds EMPTY = new TokenIds(new int[0]);

    private final int[] ids;

    private TokenIds(int[] ids) {
        this.ids = ids;
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static TokenIds of(int... ids) {
        return ids.length == 0 && EMPTY != null ? EMPTY : new TokenIds(ids.clone());
    }

    public int size() {
        return ids.length;
    }

    public boolean isEmpty() {
        return ids.length == 0;
    }

    /** @throws IndexOutOfBoundsException if {@code index} is not in {@code [0, size())} */
    public int get(int index) {
        return ids[index];
    }

    /** A copy of the ids. */
    @JsonValue
    public int[] toArray() {
        return ids.clone();
    }

    /** Copies the ids {@code [from, from + length)} into {@code target} at {@code offset}. */
    public void copyTo(int from, int[] target, int offset, int length) {
        System.arraycopy(ids, from, target, offset, length);
    }

    /** These ids followed by {@code more}. */
    public TokenIds plus(TokenIds more) {
        int[] joined = Arrays.copyOf(ids, ids.length + more.ids.length);
        System.arraycopy(more.ids, 0, joined, ids.length, more.ids.length);
        return new TokenIds(joined);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenIds that && Arrays.equals(ids, that.ids);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(ids);
    }

    /** The number of ids only: prompts never reach a log. */
    @Override
    public String toString() {
        return "TokenIds[" + ids.length + "]";
    }
}
