package dev.vidda.protocol.kv;

/**
 * What one token takes in a model's KV cache, and how tokens are grouped into blocks.
 *
 * @param layers layers that keep keys and values
 * @param elementsPerLayer elements one token adds to one layer: {@code 2 * kvHeads * headDim} for grouped-query
 *     attention, {@code rank + ropeDim} for multi-head latent attention (one shared latent vector)
 * @param bytesPerElement 4 for float32, 2 for bf16 and fp16, 1 for FP8
 * @param blockTokens tokens in a block, the unit of allocation
 * @param slidingWindow tokens a layer attends back to, or 0 for all. Blocks behind the window stay allocated, so it
 *     does not lower the cost
 */
public record KvShape(int layers, int elementsPerLayer, int bytesPerElement, int blockTokens, int slidingWindow) {
    public static final int DEFAULT_BLOCK_TOKENS = 16;

    /** Keeps the bytes of any number of blocks within a {@code long}. */
    private static final long MOST_BYTES_PER_BLOCK = Long.MAX_VALUE / Integer.MAX_VALUE;

    public KvShape {
        require(layers > 0, "layers", layers);
        require(elementsPerLayer > 0, "elementsPerLayer", elementsPerLayer);
        require(bytesPerElement > 0, "bytesPerElement", bytesPerElement);
        require(blockTokens > 0, "blockTokens", blockTokens);
        if (slidingWindow < 0) {
            throw new IllegalArgumentException("slidingWindow must not be negative, was " + slidingWindow);
        }
        double blockBytes = (double) layers * elementsPerLayer * bytesPerElement * blockTokens;
        if (blockBytes > MOST_BYTES_PER_BLOCK) {
            throw new IllegalArgumentException("a block of %d tokens would take %.3g bytes, more than %d"
                    .formatted(blockTokens, blockBytes, MOST_BYTES_PER_BLOCK));
        }
    }

    /** Grouped-query attention: a key and a value of {@code headDim} elements for each of {@code kvHeads} heads. */
    public static KvShape grouped(int layers, int kvHeads, int headDim, int bytesPerElement, int slidingWindow) {
        return new KvShape(layers, 2 * kvHeads * headDim, bytesPerElement, DEFAULT_BLOCK_TOKENS, slidingWindow);
    }

    /** Multi-head latent attention (DeepSeek-V2, arXiv 2405.04434): one latent and one rotary key for all heads. */
    public static KvShape latent(int layers, int latentRank, int ropeDim, int bytesPerElement) {
        return new KvShape(layers, latentRank + ropeDim, bytesPerElement, DEFAULT_BLOCK_TOKENS, 0);
    }

    public long bytesPerToken() {
        return (long) layers * elementsPerLayer * bytesPerElement;
    }

    public long bytesPerBlock() {
        return bytesPerToken() * blockTokens;
    }

    private static void require(boolean holds, String name, int value) {
        if (!holds) {
            throw new IllegalArgumentException(name + " must be positive, was " + value);
        }
    }
}
