package dev.vidda.worker.kv;

import dev.vidda.protocol.kv.BlockHash;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The blocks {@code 0 .. size - 1} of a KV pool: who uses them, and which unused ones still hold a known prefix.
 *
 * <pre>
 *             allocate              publish
 *   free ----------------> used ---------------> used, in the cache
 *    ^  &lt;---------------- (count)                 |          ^
 *    |       release                      release |          | acquire
 *    |                                            v          |
 *    +------------------------------------ cached, no user --+
 *              allocate evicts the longest unused
 * </pre>
 *
 * <p>A sequence's blocks are released last one first, so that the ends of prefixes are evicted before their beginnings,
 * without which they could not be found. Free blocks are handed out before any cached one is evicted.
 *
 * <p>Two sequences may compute the same block at the same time. A sequence's table never changes under it, so both
 * blocks stay; one of them is in the cache, and the other takes its place when it is released and that one is gone.
 */
public final class BlockPool {
    /** In place of a block: there is none. */
    public static final int NONE = -1;

    private final int size;
    private final int[] users;
    private final @Nullable BlockHash[] hashes;
    private final Map<BlockHash, Integer> cache = new HashMap<>();
    private final EvictionOrder unused;
    private int cachedUnused;
    private long evictions;
    private @Nullable CacheChanges changes;

    public BlockPool(int size) {
        if (size < 1) {
            throw new IllegalArgumentException("a pool needs at least 1 block, was " + size);
        }
        this.size = size;
        users = new int[size];
        hashes = new BlockHash[size];
        unused = new EvictionOrder(size);
        for (int block = 0; block < size; block++) {
            unused.addLast(block);
        }
    }

    public int size() {
        return size;
    }

    /** Blocks that sequences hold. */
    public int used() {
        return size - unused.size();
    }

    /** Blocks that hold nothing but a reusable prefix. */
    public int cached() {
        return cachedUnused;
    }

    /** Blocks that {@link #allocate} can hand out: free and cached ones. */
    public int available() {
        return unused.size();
    }

    /** Cached blocks that had to give way so far. */
    public long evictions() {
        return evictions;
    }

    /** Sequences that hold the block. */
    public int users(int block) {
        return users[block];
    }

    /**
     * Hands out a block with one user and unknown content; evicts the longest unused cached block when none is free.
     *
     * @throws IllegalStateException if all blocks are used
     */
    public int allocate() {
        int block = unused.removeFirst();
        BlockHash hash = hashes[block];
        if (hash != null && isInCache(block)) {
            forget(hash);
            cachedUnused--;
            evictions++;
        }
        hashes[block] = null;
        users[block] = 1;
        return block;
    }

    /** The block that holds this content, or {@link #NONE}. It gets no new user by that. */
    public int find(BlockHash hash) {
        Integer block = cache.get(hash);
        return block == null ? NONE : block;
    }

    /** Adds a user to a block that {@link #find} found; a cached one is in use again. */
    public void acquire(int block) {
        if (users[block] == 0) {
            if (!isInCache(block)) {
                throw new IllegalStateException("block " + block + " is free: its content is unknown");
            }
            unused.remove(block);
            cachedUnused--;
        }
        users[block]++;
    }

    /** Makes a full, computed block known by its content. The first of several blocks of the same content is found. */
    public void publish(int block, BlockHash hash) {
        if (users[block] == 0) {
            throw new IllegalStateException("block " + block + " is published, but no sequence holds it");
        }
        BlockHash known = hashes[block];
        if (known != null && !known.equals(hash)) {
            throw new IllegalStateException("block " + block + " is published with another content");
        }
        hashes[block] = hash;
        putInCache(hash, block);
    }

    /** Forgets all content: unused blocks are free, and used ones will be when they are released. */
    public void flush() {
        List.copyOf(cache.keySet()).forEach(this::forget);
        Arrays.fill(hashes, null);
        cachedUnused = 0;
    }

    /** Notes from now on how the cache changes; what it holds already counts as added. */
    public CacheChanges watch() {
        CacheChanges watching = new CacheChanges();
        cache.keySet().forEach(watching::add);
        changes = watching;
        return watching;
    }

    /** The hashes of all blocks that can be found. */
    public List<BlockHash> known() {
        return List.copyOf(cache.keySet());
    }

    private boolean putInCache(BlockHash hash, int block) {
        boolean isNew = cache.putIfAbsent(hash, block) == null;
        if (isNew && changes != null) {
            changes.add(hash);
        }
        return isNew;
    }

    private void forget(BlockHash hash) {
        cache.remove(hash);
        if (changes != null) {
            changes.evict(hash);
        }
    }

    /** Takes one user from each block of the table, last block first, and empties the table. */
    public void release(BlockTable table) {
        for (int i = table.size() - 1; i >= 0; i--) {
            release(table.get(i));
        }
        table.clear();
    }

    /** Takes one user from a block. */
    public void release(int block) {
        if (users[block] == 0) {
            throw new IllegalStateException("block " + block + " is released, but no sequence holds it");
        }
        if (--users[block] > 0) {
            return;
        }
        BlockHash hash = hashes[block];
        if (hash != null && putInCache(hash, block) || isInCache(block)) {
            unused.addLast(block);
            cachedUnused++;
        } else {
            hashes[block] = null;
            unused.addFirst(block);
        }
    }

    private boolean isInCache(int block) {
        BlockHash hash = hashes[block];
        Integer found = hash == null ? null : cache.get(hash);
        return found != null && found == block;
    }

    /**
     * Recounts everything.
     *
     * @throws IllegalStateException naming the first thing that does not add up
     */
    public void checkIntegrity() {
        unused.checkIntegrity();
        int cachedFound = 0;
        int published = 0;
        for (int block = 0; block < size; block++) {
            check(users[block] >= 0, "negative users", block);
            check(unused.contains(block) == (users[block] == 0), "used and unused at once", block);
            check(users[block] > 0 || hashes[block] == null || isInCache(block), "unused twin in the cache", block);
            published += isInCache(block) ? 1 : 0;
            cachedFound += users[block] == 0 && isInCache(block) ? 1 : 0;
        }
        check(published == cache.size(), "the cache knows a block that does not know its hash", NONE);
        check(cachedFound == cachedUnused, "wrong count of cached blocks", cachedUnused);
    }

    private static void check(boolean holds, String problem, int number) {
        if (!holds) {
            throw new IllegalStateException(problem + ": " + number);
        }
    }
}
