package dev.vidda.worker.engine;

import dev.vidda.worker.kv.BlockPool;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which running sequence gives up its blocks when the pool runs out: the one that is brought back in the shortest time per
 * block that it frees, the youngest among equals. A sequence that was preempted too often is spared; when all are, the
 * youngest has to go, so that the oldest always gets to its end. Those that are guaranteed never go ({@link Guarantees}).
 */
final class VictimChoice {
    private final BlockPool pool;
    private final int blockTokens;
    private final int maxPreemptions;
    private final Swap swap;

    VictimChoice(BlockPool pool, int blockTokens, int maxPreemptions, Swap swap) {
        this.swap = swap;
        this.pool = pool;
        this.blockTokens = blockTokens;
        this.maxPreemptions = maxPreemptions;
    }

    /**
     * Chooses among {@code running}, the oldest first.
     *
     * @throws IllegalStateException if all of them are guaranteed
     */
    Sequence choose(List<Sequence> running) {
        Sequence cheapest = null;
        double cheapestSeconds = 0;
        long cheapestFreed = 1;
        for (Sequence candidate : running) {
            long freed = freedBlocks(candidate);
            if (candidate.isGuaranteed() || candidate.preemptions() >= maxPreemptions || freed == 0) {
                continue;
            }
            double seconds = swap.secondsToReturn(candidate, lostTokens(candidate, freed));
            if (cheapest == null || seconds * cheapestFreed <= cheapestSeconds * freed) {
                cheapest = candidate;
                cheapestSeconds = seconds;
                cheapestFreed = freed;
            }
        }
        return orYoungest(cheapest, running);
    }

    /** Tokens that a sequence would have to compute again if it gave up its blocks: those that no other has, too. */
    long lostTokens(Sequence sequence) {
        return lostTokens(sequence, freedBlocks(sequence));
    }

    private long lostTokens(Sequence sequence, long freed) {
        long shared = sequence.table().size() - freed;
        return Math.max(0, sequence.computed() - shared * blockTokens);
    }

    private static Sequence orYoungest(@Nullable Sequence cheapest, List<Sequence> running) {
        if (cheapest != null) {
            return cheapest;
        }
        for (int i = running.size() - 1; i >= 0; i--) {
            if (!running.get(i).isGuaranteed()) {
                return running.get(i);
            }
        }
        throw new IllegalStateException("the pool is out of blocks, and all " + running.size()
                + " running sequences are guaranteed theirs: more was promised than there is");
    }

    private long freedBlocks(Sequence sequence) {
        long freed = 0;
        for (int i = 0; i < sequence.table().size(); i++) {
            freed += pool.users(sequence.table().get(i)) == 1 ? 1 : 0;
        }
        return freed;
    }
}
