package dev.vidda.worker.engine;

import dev.vidda.worker.kv.BlockPool;
import java.util.BitSet;
import java.util.List;

/**
 * Whether what guaranteed sequences can come to hold together lies within the pool. As long as only such start for which
 * that is so, they find every block they need in the cache or with sequences that are not guaranteed: schedulers that know
 * nothing of each other may promise more than there is, but then the surplus waits here.
 */
final class Guarantees {
    private final BlockPool pool;
    private final int blockTokens;
    private final PrefixReuse reuse;
    private final BitSet held = new BitSet();

    Guarantees(BlockPool pool, int blockTokens, PrefixReuse reuse) {
        this.pool = pool;
        this.blockTokens = blockTokens;
        this.reuse = reuse;
    }

    /** Whether {@code next}, which has no blocks yet, may run among {@code running} for all that is guaranteed. */
    boolean leaveRoomFor(Sequence next, List<Sequence> running) {
        if (!next.isGuaranteed()) {
            return true;
        }
        held.clear();
        int hits = 0;
        for (int found = reuse.cached(next, 0); found != BlockPool.NONE; found = reuse.cached(next, ++hits)) {
            held.set(found);
        }
        long growth = most(next) - (long) hits;
        for (Sequence sequence : running) {
            if (sequence.isGuaranteed()) {
                for (int i = 0; i < sequence.table().size(); i++) {
                    held.set(sequence.table().get(i));
                }
                growth += most(sequence) - (long) sequence.table().size();
            }
        }
        return held.cardinality() + growth <= pool.size();
    }

    /** Blocks that it holds at its end. */
    private int most(Sequence sequence) {
        return Math.ceilDiv(sequence.lengthLimit() - 1, blockTokens);
    }
}
