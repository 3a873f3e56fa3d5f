package dev.vidda.scheduler.ledger;

/**
 * What a request takes of a worker's pool.
 *
 * @param blocks that it is expected to come to hold, and that are committed for it
 * @param mostBlocks that it can come to hold
 * @param prefix names of its prompt's full strides, in order: each stands for {@link #STRIDE} blocks that another
 *     request with the same beginning shares with it
 * @param variance square of the blocks by which it may exceed those committed, as far as that is provided for: of many
 *     requests some end early, so together they need room for the root of the sum only
 */
@SuppressWarnings("ArrayRecordComponent") // neither compared nor sent: many are made, and they are long
public record Claim(int blocks, int mostBlocks, long[] prefix, double variance) {
    /** Blocks of a prompt whose sharing is counted together. */
    public static final int STRIDE = 8;

    public static final long[] NO_PREFIX = {};

    public Claim {
        if (blocks < 1 || mostBlocks < blocks) {
            throw new IllegalArgumentException(
                    "a claim is for at least 1 block and at most all, was " + blocks + " of " + mostBlocks);
        }
        if ((long) prefix.length * STRIDE > blocks) {
            throw new IllegalArgumentException(
                    prefix.length + " strides of " + STRIDE + " blocks do not lie in " + blocks + " blocks");
        }
    }

    /** Blocks that it takes if others hold its whole beginning. */
    public int leastBlocks() {
        return blocks - STRIDE * prefix.length;
    }

    /** One that shares nothing and never needs more. */
    public static Claim alone(int blocks) {
        return new Claim(blocks, blocks, NO_PREFIX, 0);
    }
}
