package dev.vidda.protocol;

/**
 * What a pool's KV blocks hold.
 *
 * @param used blocks that running sequences hold
 * @param cached blocks that hold nothing but reusable prefixes; they can be evicted
 * @param swapped blocks of preempted sequences that lie in the host's memory
 */
public record BlockCounts(int used, int cached, int swapped) {
    /** An empty pool. */
    public static final BlockCounts NONE = new BlockCounts(0, 0, 0);
}
