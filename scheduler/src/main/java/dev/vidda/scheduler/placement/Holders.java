package dev.vidda.scheduler.placement;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** Workers that have much of one prompt: a few by number, and what very many have in common. Used again and again. */
public final class Holders {
    private static final int MOST = 16;

    private final int[] workers = new int[MOST];
    private int count;
    private @Nullable BitSet common;
    private int commonDepth;

    public void clear() {
        count = 0;
        common = null;
        commonDepth = 0;
    }

    /** Whether searching on would add nothing. */
    boolean isFull() {
        return count == MOST || common != null;
    }

    void add(int worker) {
        if (!contains(worker) && count < MOST) {
            workers[count++] = worker;
        }
    }

    /** Adds those who have the first {@code depth} blocks; too many to name are kept as a set. */
    void addAll(BitSet holders, int depth) {
        if (holders.cardinality() > MOST - count) {
            common = holders;
            commonDepth = depth;
            return;
        }
        for (int worker = holders.nextSetBit(0); worker >= 0; worker = holders.nextSetBit(worker + 1)) {
            add(worker);
        }
    }

    /** How many are known by number. */
    public int count() {
        return count;
    }

    public int worker(int index) {
        return workers[index];
    }

    /** The blocks that a worker has as one of many. */
    public int commonDepth(int worker) {
        return common != null && common.get(worker) ? commonDepth : 0;
    }

    /** The blocks that many have in common. */
    public int commonDepth() {
        return common == null ? 0 : commonDepth;
    }

    private boolean contains(int worker) {
        for (int i = 0; i < count; i++) {
            if (workers[i] == worker) {
                return true;
            }
        }
        return false;
    }
}
