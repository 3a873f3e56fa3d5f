package dev.vidda.worker.engine;

import dev.vidda.worker.kv.BlockPool;

/**
 * Gives sequences their blocks, with those that the cache holds already in the place of new ones, and what lies in the host's
 * memory in them. A sequence's last
 * token is always computed, because its logits are needed, so the block that holds it is never taken from the cache.
 */
final class PrefixReuse {
    private final BlockPool pool;
    private final int blockTokens;
    private final boolean enabled;
    private final Swap swap;

    PrefixReuse(BlockPool pool, int blockTokens, boolean enabled, Swap swap) {
        this.swap = swap;
        this.pool = pool;
        this.blockTokens = blockTokens;
        this.enabled = enabled;
    }

    /** Gives a sequence blocks for all the tokens it has, unless fewer than {@code headroom} would be left. */
    boolean tryStart(Sequence sequence, int headroom) {
        int blocks = Math.ceilDiv(sequence.length(), blockTokens);
        int hits = 0;
        int revived = 0;
        for (int found = cached(sequence, 0); found != BlockPool.NONE; found = cached(sequence, ++hits)) {
            revived += pool.users(found) == 0 ? 1 : 0;
        }
        if (pool.available() - revived - (blocks - hits) < headroom) {
            return false;
        }
        for (int i = 0; i < hits; i++) {
            int block = cached(sequence, i);
            pool.acquire(block);
            sequence.table().append(block);
        }
        for (int i = hits; i < blocks; i++) {
            sequence.table().append(pool.allocate());
        }
        sequence.reuse(hits * blockTokens, hits);
        swap.restore(sequence, hits);
        return true;
    }

    /** A sequence that has not computed anything yet takes over what others computed since it got its blocks. */
    void takeOver(Sequence sequence) {
        if (sequence.hasStarted()) {
            return;
        }
        int hits = sequence.computed() / blockTokens;
        for (int found = cached(sequence, hits); found != BlockPool.NONE; found = cached(sequence, ++hits)) {
            pool.acquire(found);
            pool.release(sequence.table().get(hits));
            sequence.table().replace(hits, found);
            sequence.reuse((hits + 1) * blockTokens, hits + 1);
        }
    }

    /**
     * Whether {@code other}, which computes {@code count} tokens in this step, works on the very block that
     * {@code sequence} would begin with: then that one had better wait a step and take it over.
     */
    boolean isUnderWay(Sequence sequence, Sequence other, int count) {
        int block = sequence.computed() / blockTokens;
        return isUsable(sequence, block)
                && !sequence.hasStarted()
                && other.known() >= (block + 1) * blockTokens
                && other.computed() < (block + 1) * blockTokens
                && other.computed() + count > block * blockTokens
                && other.hash(block).equals(sequence.hash(block));
    }

    /** The block that the cache holds for one of a sequence, or {@link BlockPool#NONE}. */
    int cached(Sequence sequence, int block) {
        return isUsable(sequence, block) ? pool.find(sequence.hash(block)) : BlockPool.NONE;
    }

    private boolean isUsable(Sequence sequence, int block) {
        return enabled && (block + 1) * blockTokens < sequence.length();
    }
}
