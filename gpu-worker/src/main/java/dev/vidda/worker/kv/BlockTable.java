package dev.vidda.worker.kv;

import java.util.Arrays;

/** The blocks of one sequence, in the order of its tokens: block {@code i} holds tokens {@code [i * blockTokens, ..)}. */
public final class BlockTable {
    private int[] ids = new int[8];
    private int size;

    public void append(int block) {
        if (size == ids.length) {
            ids = Arrays.copyOf(ids, 2 * size);
        }
        ids[size++] = block;
    }

    /** Puts another block with the same content in the place of one. */
    public void replace(int index, int block) {
        ids[index] = block;
    }

    public void clear() {
        size = 0;
    }

    public int get(int index) {
        return ids[index];
    }

    public int size() {
        return size;
    }

    /** The blocks themselves, {@code [0, size())} count; not a copy. */
    public int[] ids() {
        return ids;
    }
}
