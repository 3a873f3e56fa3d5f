package dev.vidda.protocol.kv;

/**
 * How many KV blocks and bytes a request needs: the one cost function of admission, worker pool, capacity endpoint and
 * planner.
 *
 * <p>A sequence of {@code promptTokens} that generates {@code newTokens} keeps {@code promptTokens + newTokens - 1}
 * tokens, because the last generated token is never fed back. Parallel samples of one prompt share the blocks that hold
 * nothing but prompt; each has its own copy of the rest.
 *
 * <p>A cost beyond {@link Integer#MAX_VALUE} blocks is reported as that number: no pool has so many, and a request that
 * asks for it is refused like any other that never fits.
 */
public final class KvCost {
    private KvCost() {}

    /** Blocks that hold {@code tokens} tokens. */
    public static int blocks(KvShape shape, long tokens) {
        if (tokens < 0) {
            throw new IllegalArgumentException("tokens must not be negative, was " + tokens);
        }
        return saturated(Math.ceilDiv(tokens, shape.blockTokens()));
    }

    /** Tokens one sequence keeps in the cache when it ends after {@code newTokens} generated ones. */
    public static long keptTokens(int promptTokens, int newTokens) {
        if (promptTokens < 1) {
            throw new IllegalArgumentException("promptTokens must be at least 1, was " + promptTokens);
        }
        if (newTokens < 1) {
            throw new IllegalArgumentException("newTokens must be at least 1, was " + newTokens);
        }
        return (long) promptTokens + newTokens - 1;
    }

    /** Blocks that {@code samples} sequences of one prompt need when each generates {@code newTokens} tokens. */
    public static int blocks(KvShape shape, int promptTokens, int newTokens, int samples) {
        if (samples < 1) {
            throw new IllegalArgumentException("samples must be at least 1, was " + samples);
        }
        int each = blocks(shape, keptTokens(promptTokens, newTokens));
        // The last prompt token is always computed anew, so the block that holds it is never shared.
        int shared = samples == 1 ? 0 : (promptTokens - 1) / shape.blockTokens();
        return saturated(shared + (long) samples * (each - shared));
    }

    /** Bytes of {@link #blocks(KvShape, int, int, int)}. */
    public static long bytes(KvShape shape, int promptTokens, int newTokens, int samples) {
        return blocks(shape, promptTokens, newTokens, samples) * shape.bytesPerBlock();
    }

    /** The most prompt and generated tokens together that one sequence can reach in {@code blocks} blocks. */
    public static long longestContext(KvShape shape, long blocks) {
        return blocks == 0 ? 0 : blocks * shape.blockTokens() + 1;
    }

    /** Blocks that fit into {@code bytes} bytes. */
    public static int blocksIn(KvShape shape, long bytes) {
        return saturated(Math.max(0, bytes) / shape.bytesPerBlock());
    }

    private static int saturated(long blocks) {
        return (int) Math.min(Integer.MAX_VALUE, blocks);
    }
}
