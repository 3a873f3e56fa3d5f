package dev.vidda.simulator;

import dev.vidda.protocol.kv.BlockHash;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A worker's KV pool in coarse steps: the prefix cache works by strides of eight blocks. A stride is held by a number of
 * sequences, or by none: then it is evicted when blocks are needed, the longest unused first.
 */
final class StridePool {
    static final int STRIDE_BLOCKS = 8;

    private final int total;
    private final int blockTokens;
    private final @Nullable Set<Long> everywhere;
    private int used;
    private final Map<Long, Stride> known = new HashMap<>();
    private final LinkedHashMap<Long, Stride> unused = new LinkedHashMap<>();
    private final List<BlockHash> added = new ArrayList<>();
    private final List<BlockHash> evicted = new ArrayList<>();

    /** A piece of text in the cache. */
    private static final class Stride {
        private final SimRequest text;
        private final int index;
        private int holders = 1;

        private Stride(SimRequest text, int index) {
            this.text = text;
            this.index = index;
        }
    }

    /** @param everywhere what some worker has computed, if all of them have it at once; null if each has its own cache only */
    StridePool(int total, int blockTokens, @Nullable Set<Long> everywhere) {
        this.everywhere = everywhere;
        this.total = total;
        this.blockTokens = blockTokens;
    }

    int used() {
        return used;
    }

    int cached() {
        return unused.size() * STRIDE_BLOCKS;
    }

    int available() {
        return total - used;
    }

    boolean has(long name) {
        return known.containsKey(name);
    }

    /** Whether it comes at no cost from wherever it was computed. */
    boolean isSomewhere(long name) {
        return everywhere != null && everywhere.contains(name);
    }

    /** Blocks of a stride that become used when one more sequence holds it. */
    int revived(long name) {
        return unused.containsKey(name) ? STRIDE_BLOCKS : 0;
    }

    void acquire(long name) {
        Stride stride = stride(name);
        if (stride.holders++ == 0) {
            unused.remove(name);
            used += STRIDE_BLOCKS;
        }
    }

    /** Hands out blocks that are nobody's; evicts what has to give way. */
    void allocate(int blocks) {
        used += blocks;
        while (used + cached() > total) {
            Map.Entry<Long, Stride> eldest = unused.pollFirstEntry();
            if (eldest == null) {
                throw new IllegalStateException(used + " blocks of " + total + " are used");
            }
            known.remove(eldest.getKey());
            note(eldest.getValue(), evicted);
        }
    }

    void free(int blocks) {
        used -= blocks;
    }

    /** A sequence's own computed blocks become a stride that it holds; says whether they were not known yet. */
    boolean publish(long name, SimRequest text, int index) {
        Stride stride = new Stride(text, index);
        if (known.putIfAbsent(name, stride) != null) {
            return false;
        }
        note(stride, added);
        if (everywhere != null) {
            everywhere.add(name);
        }
        return true;
    }

    /** A sequence lets go of a stride. */
    void release(long name) {
        Stride stride = stride(name);
        if (--stride.holders == 0) {
            unused.put(name, stride);
            used -= STRIDE_BLOCKS;
        }
    }

    List<BlockHash> takeAdded() {
        return take(added);
    }

    List<BlockHash> takeEvicted() {
        return take(evicted);
    }

    private static List<BlockHash> take(List<BlockHash> list) {
        List<BlockHash> taken = List.copyOf(list);
        list.clear();
        return taken;
    }

    private Stride stride(long name) {
        Stride stride = known.get(name);
        if (stride == null) {
            throw new IllegalStateException("there is no stride " + name);
        }
        return stride;
    }

    private void note(Stride stride, List<BlockHash> list) {
        for (int i = 0; i < STRIDE_BLOCKS; i++) {
            list.add(new BlockHash(0, stride.text.blockName(stride.index * STRIDE_BLOCKS + i, blockTokens)));
        }
    }
}
