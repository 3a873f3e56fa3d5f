package dev.vidda.scheduler.ledger;

import dev.vidda.protocol.Lease;
import dev.vidda.scheduler.placement.LongIntTable;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of one worker and what is committed of them.
 *
 * <p>Blocks of a common beginning count once, as long as any lease holds them: whoever of several leases ends first, the
 * sum stays right. Blocks that a worker only caches count for nobody: they can be evicted.
 */
public final class Account {
    private final int total;
    private final Map<String, Held> leases = new LinkedHashMap<>();
    /** Leases by the stride of a prefix that they hold. */
    private final LongIntTable strides = new LongIntTable();

    private int committed;
    private long most;
    private int excess;
    private double variance;
    /** Blocks that leases can come to hold beside those committed. */
    private long uncommitted;

    private IntConsumer watcher = left -> {};

    /** A lease and what it was made for. */
    record Held(Lease lease, Claim claim) {}

    Account(int total) {
        this.total = total;
    }

    public int total() {
        return total;
    }

    /** Blocks that leases are expected to come to hold. */
    public int committed() {
        return committed;
    }

    /** Blocks that leases can come to hold if none shares and each answer gets as long as it may. */
    public long most() {
        return most;
    }

    public int leases() {
        return leases.size();
    }

    /** Tells from now on how many blocks are {@link #left}, whenever that changes. */
    public void watch(IntConsumer changed) {
        watcher = changed;
        changed.accept(left());
    }

    /** Blocks that nothing is known to take: never fewer than can be promised. */
    private int left() {
        return Math.max(0, total - committed - excess);
    }

    /** Blocks that can still be promised. */
    public int free() {
        return Math.max(0, left() - margin(variance, uncommitted));
    }

    /** Blocks that can be promised to a request, when as many like it as said have been promised theirs before. */
    public int freeFor(Claim claim, int before) {
        double variances = variance + (before + 1) * claim.variance();
        long more = uncommitted + (before + 1L) * (claim.mostBlocks() - claim.blocks());
        return Math.max(0, left() - before * claim.blocks() - margin(variances, more));
    }

    /** Kept for answers that get longer than expected: never more than all of them can need. */
    private static int margin(double variances, long most) {
        return (int) Math.min(Math.ceil(Math.sqrt(variances)), most);
    }

    /** Blocks that would be committed for a request, less than its claim when leases hold its beginning already. */
    public int needed(Claim claim) {
        return claim.blocks() - Claim.STRIDE * shared(claim);
    }

    /** Strides of the claim's beginning that leases hold already. */
    public int shared(Claim claim) {
        long[] prefix = claim.prefix();
        int least = 0;
        int most = strides.size() == 0 ? 0 : prefix.length;
        while (least < most) {
            int middle = (least + most + 1) >>> 1;
            if (strides.get(prefix[middle - 1], 0) > 0) {
                least = middle;
            } else {
                most = middle - 1;
            }
        }
        return least;
    }

    /** The worker says how many blocks its sequences hold: what exceeds the promises is not free either. */
    void use(int used) {
        excess = Math.clamp((long) used - committed, 0, total);
        watcher.accept(left());
    }

    Collection<Held> held() {
        return leases.values();
    }

    void add(Held held) {
        if (leases.putIfAbsent(held.lease().requestId(), held) != null) {
            throw new IllegalStateException(held.lease() + " is held already");
        }
        committed += needed(held.claim());
        most += held.claim().mostBlocks();
        uncommitted += held.claim().mostBlocks() - held.claim().blocks();
        variance += held.claim().variance();
        for (long stride : held.claim().prefix()) {
            strides.put(stride, strides.get(stride, 0) + 1);
        }
        watcher.accept(left());
    }

    @Nullable
    Held remove(String requestId) {
        Held held = leases.remove(requestId);
        if (held == null) {
            return null;
        }
        for (long stride : held.claim().prefix()) {
            int others = strides.get(stride, 0) - 1;
            if (others == 0) {
                strides.remove(stride);
            } else {
                strides.put(stride, others);
            }
        }
        committed -= needed(held.claim());
        most -= held.claim().mostBlocks();
        uncommitted -= held.claim().mostBlocks() - held.claim().blocks();
        variance = leases.isEmpty() ? 0 : Math.max(0, variance - held.claim().variance());
        excess = Math.min(excess, total - Math.min(total, committed));
        watcher.accept(left());
        return held;
    }

    /** Strides that leases hold, each counted once. */
    int distinctStrides() {
        return strides.size();
    }
}
