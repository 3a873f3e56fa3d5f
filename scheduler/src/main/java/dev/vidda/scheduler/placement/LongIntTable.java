package dev.vidda.scheduler.placement;

import java.util.Arrays;

/**
 * A map from long to int in two arrays: open addressing with linear probing. Its keys are parts of cryptographic hashes,
 * which need no further mixing.
 */
public final class LongIntTable {
    private static final int SMALLEST = 16;
    private static final long EMPTY = 0;
    /** In place of the one key that marks empty entries. */
    private static final long ZERO = 0x9E3779B97F4A7C15L;

    private long[] keys = new long[SMALLEST];
    private int[] values = new int[SMALLEST];
    private int size;

    public int size() {
        return size;
    }

    /** The value of a key, or {@code absent}. */
    public int get(long key, int absent) {
        int at = find(stored(key));
        return keys[at] == EMPTY ? absent : values[at];
    }

    public void put(long key, int value) {
        long stored = stored(key);
        int at = find(stored);
        if (keys[at] == EMPTY) {
            if (2 * (size + 1) > keys.length) {
                resize(2 * keys.length);
                at = find(stored);
            }
            keys[at] = stored;
            size++;
        }
        values[at] = value;
    }

    public void remove(long key) {
        int at = find(stored(key));
        if (keys[at] == EMPTY) {
            return;
        }
        size--;
        // Whatever stands behind moves up if the gap lies between its home and its place.
        int mask = keys.length - 1;
        int gap = at;
        for (int next = (gap + 1) & mask; keys[next] != EMPTY; next = (next + 1) & mask) {
            int home = home(keys[next]);
            if (((next - home) & mask) >= ((next - gap) & mask)) {
                keys[gap] = keys[next];
                values[gap] = values[next];
                gap = next;
            }
        }
        keys[gap] = EMPTY;
        if (size * 8 < keys.length && keys.length > SMALLEST) {
            resize(keys.length / 2);
        }
    }

    /** All keys, in no order. */
    public long[] keys() {
        long[] all = Arrays.stream(keys).filter(key -> key != EMPTY).toArray();
        for (int i = 0; i < all.length; i++) {
            all[i] = all[i] == ZERO ? EMPTY : all[i];
        }
        return all;
    }

    private int find(long stored) {
        int mask = keys.length - 1;
        int at = home(stored);
        while (keys[at] != EMPTY && keys[at] != stored) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private int home(long stored) {
        return (int) (stored ^ (stored >>> 32)) & (keys.length - 1);
    }

    private void resize(int length) {
        long[] oldKeys = keys;
        int[] oldValues = values;
        keys = new long[length];
        values = new int[length];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != EMPTY) {
                int at = find(oldKeys[i]);
                keys[at] = oldKeys[i];
                values[at] = oldValues[i];
            }
        }
    }

    private static long stored(long key) {
        return key == EMPTY ? ZERO : key;
    }
}
