package dev.vidda.scheduler.placement;

import dev.vidda.protocol.PrefixChanges;
import dev.vidda.protocol.kv.BlockHash;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which worker has which blocks, by the low half of their hashes. Workers are told apart by small numbers.
 *
 * <p>What it says of a worker is what that worker reported: after a gap in the reports it forgets the worker until that
 * one reports all it has again. Memory is bounded: no more than so many blocks of each worker are kept, and those that
 * come later are left out, so a full index knows less, but nothing wrong.
 *
 * <p>A block's hash contains its predecessors', and workers drop ends before beginnings, so how much of a prompt a
 * worker has is found by bisection.
 */
public final class PrefixIndex {
    private static final int NOBODY = Integer.MIN_VALUE;
    private static final int UNSEEN = -1;
    /** A worker is asked again for all it has after so many reports that could not be used. */
    private static final int IGNORED_PER_QUESTION = 32;

    private final int mostOfEach;
    private final LongIntTable table = new LongIntTable();
    /** The workers of a block that several have; the table holds {@code -1 - index}. */
    private final List<BitSet> several = new ArrayList<>();

    private final Deque<Integer> freeSets = new ArrayDeque<>();
    private final List<@Nullable Known> workers = new ArrayList<>();

    /** What is known of one worker. */
    private static final class Known {
        private long next = UNSEEN;
        private int blocks;
        private int ignored;
    }

    /** @param mostOfEach blocks that are kept of each worker */
    public PrefixIndex(int mostOfEach) {
        this.mostOfEach = mostOfEach;
    }

    /**
     * Takes over a report; after a gap everything known of the worker is forgotten.
     *
     * @return whether what is known is right; if not, the worker should be asked for all it has
     */
    public boolean apply(int worker, PrefixChanges changes) {
        Known known = known(worker);
        if (changes.number() == 0) {
            forget(worker);
            known = known(worker);
        } else if (changes.number() != known.next) {
            forget(worker);
            boolean asked = known.next == UNSEEN && known.ignored++ % IGNORED_PER_QUESTION != 0;
            Known unseen = new Known();
            unseen.ignored = known.next == UNSEEN ? known.ignored : 1;
            workers.set(worker, unseen);
            return asked;
        }
        known.next = changes.number() + 1;
        for (BlockHash hash : changes.evicted()) {
            remove(worker, hash.low());
        }
        for (BlockHash hash : changes.added()) {
            add(worker, hash.low());
        }
        return true;
    }

    /** Forgets all of a worker's blocks. */
    public void forget(int worker) {
        Known known = find(worker);
        if (known == null) {
            return;
        }
        workers.set(worker, null);
        if (known.blocks > 0) {
            for (long key : table.keys()) {
                drop(worker, key);
            }
        }
    }

    private @Nullable Known find(int worker) {
        return worker < workers.size() ? workers.get(worker) : null;
    }

    private Known known(int worker) {
        while (worker >= workers.size()) {
            workers.add(null);
        }
        Known known = workers.get(worker);
        if (known == null) {
            known = new Known();
            workers.set(worker, known);
        }
        return known;
    }

    /** Blocks that are kept of a worker. */
    public int blocks(int worker) {
        Known known = find(worker);
        return known == null ? 0 : known.blocks;
    }

    public void add(int worker, long key) {
        Known known = known(worker);
        int value = table.get(key, NOBODY);
        if (known.blocks >= mostOfEach || isAmong(worker, value)) {
            return;
        }
        known.blocks++;
        if (value == NOBODY) {
            table.put(key, worker);
        } else if (value >= 0) {
            BitSet both = new BitSet();
            both.set(value);
            both.set(worker);
            table.put(key, -1 - keep(both));
        } else {
            several.get(-1 - value).set(worker);
        }
    }

    public void remove(int worker, long key) {
        Known known = find(worker);
        if (known != null && drop(worker, key)) {
            known.blocks--;
        }
    }

    private boolean drop(int worker, long key) {
        int value = table.get(key, NOBODY);
        if (!isAmong(worker, value)) {
            return false;
        }
        if (value >= 0) {
            table.remove(key);
            return true;
        }
        BitSet holders = several.get(-1 - value);
        holders.clear(worker);
        if (holders.cardinality() == 1) {
            table.put(key, holders.nextSetBit(0));
            freeSets.push(-1 - value);
            several.set(-1 - value, new BitSet());
        }
        return true;
    }

    public boolean has(int worker, long key) {
        return isAmong(worker, table.get(key, NOBODY));
    }

    /** Whether a worker is one of those that a value of the table stands for. */
    private boolean isAmong(int worker, int value) {
        return value == worker
                || (value < 0 && value != NOBODY && several.get(-1 - value).get(worker));
    }

    /** How many of a prompt's blocks, from the first on, a worker has. */
    public int depth(int worker, long[] keys) {
        Known known = find(worker);
        if (known == null || known.blocks == 0) {
            return 0;
        }
        int least = 0;
        int most = keys.length;
        while (least < most) {
            int middle = (least + most + 1) >>> 1;
            if (has(worker, keys[middle - 1])) {
                least = middle;
            } else {
                most = middle - 1;
            }
        }
        return least;
    }

    /** Finds workers that have much of a prompt: those with most of it first, then some with less. */
    public void find(long[] keys, Holders holders) {
        holders.clear();
        for (int depth = deepest(keys); depth > 0; depth /= 2) {
            int value = table.get(keys[depth - 1], NOBODY);
            if (value >= 0) {
                holders.add(value);
            } else if (value != NOBODY) {
                holders.addAll(several.get(-1 - value), depth);
            }
            if (holders.isFull()) {
                return;
            }
        }
    }

    private int deepest(long[] keys) {
        int least = 0;
        int most = table.size() == 0 ? 0 : keys.length;
        while (least < most) {
            int middle = (least + most + 1) >>> 1;
            if (table.get(keys[middle - 1], NOBODY) != NOBODY) {
                least = middle;
            } else {
                most = middle - 1;
            }
        }
        return least;
    }

    private int keep(BitSet holders) {
        Integer free = freeSets.poll();
        if (free != null) {
            several.set(free, holders);
            return free;
        }
        several.add(holders);
        return several.size() - 1;
    }
}
