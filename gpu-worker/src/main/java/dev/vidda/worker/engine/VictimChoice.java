package dev.vidda.worker.engine;

import dev.vidda.worker.kv.BlockPool;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which running sequence gives up its blocks when the pool runs out: the one that loses the fewest computed tokens per
 * block that it frees, the youngest among equals. A sequence that was preempted too often is spared; when all are, the
 * youngest has to go, so that the oldest always gets to its end.
 */
final class VictimChoice {
    private final BlockPool pool;
    private final int blockTokens;
    private final int maxPreemptions;

    VictimChoice(BlockPool pool, int blockTokens, int maxPreemptions) {
        this.pool = pool;
        this.blockTokens = blockTokens;
        this.maxPreemptions = maxPreemptions;
    }

    /** Chooses among {@code running}, the oldest first, not empty. */
    Sequence choose(List<Sequence> running) {
        Sequence cheapest = null;
        long cheapestLost = 0;
        long cheapestFreed = 1;
        for (Sequence candidate : running) {
            long freed = freedBlocks(candidate);
            if (candidate.preemptions() >= maxPreemptions || freed == 0) {
                continue;
            }
            long shared = candidate.table().size() - freed;
            long lost = Math.max(0, candidate.computed() - shared * blockTokens);
            if (cheapest == null || lost * cheapestFreed <= cheapestLost * freed) {
                cheapest = candidate;
                cheapestLost = lost;
                cheapestFreed = freed;
            }
        }
        return orYoungest(cheapest, running);
    }

    private static Sequence orYoungest(@Nullable Sequence cheapest, List<Sequence> running) {
        return cheapest == null ? running.getLast() : cheapest;
    }

    private long freedBlocks(Sequence sequence) {
        long freed = 0;
        for (int i = 0; i < sequence.table().size(); i++) {
            freed += pool.users(sequence.table().get(i)) == 1 ? 1 : 0;
        }
        return freed;
    }
}
