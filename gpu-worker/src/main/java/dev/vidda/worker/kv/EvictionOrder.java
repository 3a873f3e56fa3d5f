package dev.vidda.worker.kv;

import java.util.Arrays;

/** The blocks that no sequence holds, as a doubly linked list of numbers; the first is taken next. All O(1). */
final class EvictionOrder {
    private static final int ABSENT = -1;

    // Entry n, one past the last block, is both ends of the ring.
    private final int end;
    private final int[] next;
    private final int[] previous;
    private int size;

    EvictionOrder(int blocks) {
        end = blocks;
        next = new int[blocks + 1];
        previous = new int[blocks + 1];
        Arrays.fill(next, ABSENT);
        next[end] = end;
        previous[end] = end;
    }

    int size() {
        return size;
    }

    boolean contains(int block) {
        return next[block] != ABSENT;
    }

    void addFirst(int block) {
        insert(end, block);
    }

    void addLast(int block) {
        insert(previous[end], block);
    }

    int removeFirst() {
        int block = next[end];
        if (block == end) {
            throw new IllegalStateException("no block is left");
        }
        remove(block);
        return block;
    }

    void remove(int block) {
        if (!contains(block)) {
            throw new IllegalStateException("block " + block + " is held by a sequence");
        }
        next[previous[block]] = next[block];
        previous[next[block]] = previous[block];
        next[block] = ABSENT;
        size--;
    }

    private void insert(int after, int block) {
        if (contains(block)) {
            throw new IllegalStateException("block " + block + " is free already");
        }
        next[block] = next[after];
        previous[block] = after;
        previous[next[after]] = block;
        next[after] = block;
        size++;
    }

    /** Walks the ring in both directions. */
    void checkIntegrity() {
        int seen = 0;
        for (int block = next[end]; block != end; block = next[block]) {
            if (previous[next[block]] != block || next[previous[block]] != block || ++seen > size) {
                throw new IllegalStateException("the list of free blocks is broken at block " + block);
            }
        }
        if (seen != size) {
            throw new IllegalStateException("the list of free blocks has " + seen + " entries, not " + size);
        }
    }
}
