package dev.vidda.protocol.grammar;

/** A set of byte values, 64 in each word. */
public record ByteSet(long w0, long w1, long w2, long w3) {
    public static final ByteSet NONE = new ByteSet(0, 0, 0, 0);

    public static ByteSet of(int value) {
        return range(value, value);
    }

    /** All values from {@code first} to {@code last}, both unsigned. */
    public static ByteSet range(int first, int last) {
        if (first < 0 || last > 255 || first > last) {
            throw new IllegalArgumentException("no range of bytes: " + first + " to " + last);
        }
        long[] words = new long[4];
        for (int value = first; value <= last; value++) {
            words[value >> 6] |= 1L << value;
        }
        return new ByteSet(words[0], words[1], words[2], words[3]);
    }

    public ByteSet or(ByteSet other) {
        return new ByteSet(w0 | other.w0, w1 | other.w1, w2 | other.w2, w3 | other.w3);
    }

    public ByteSet and(ByteSet other) {
        return new ByteSet(w0 & other.w0, w1 & other.w1, w2 & other.w2, w3 & other.w3);
    }

    public ByteSet minus(ByteSet other) {
        return new ByteSet(w0 & ~other.w0, w1 & ~other.w1, w2 & ~other.w2, w3 & ~other.w3);
    }

    public boolean contains(int value) {
        long word = value < 128 ? (value < 64 ? w0 : w1) : (value < 192 ? w2 : w3);
        return (word >>> value & 1) != 0;
    }

    public boolean isEmpty() {
        return (w0 | w1 | w2 | w3) == 0;
    }
}
