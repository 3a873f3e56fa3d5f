package dev.vidda.worker.device;

/**
 * The heads of grouped-query attention (arXiv 2305.13245): query head {@code h} reads key/value head
 * {@code h / (heads / kvHeads)}.
 *
 * @param headDim elements of a head
 */
public record AttentionShape(int heads, int kvHeads, int headDim) {
    public AttentionShape {
        if (heads < 1 || kvHeads < 1 || heads % kvHeads != 0) {
            throw new IllegalArgumentException(
                    "heads must be a multiple of kvHeads, were " + heads + " and " + kvHeads);
        }
        if (headDim < 2 || headDim % 2 != 0) {
            throw new IllegalArgumentException("headDim must be even and positive, was " + headDim);
        }
    }

    /** Width of all query heads, and of the attention's output. */
    public int queryWidth() {
        return heads * headDim;
    }

    /** Width of all key heads, and of all value heads. */
    public int kvWidth() {
        return kvHeads * headDim;
    }

    /** Width of a row [queries | keys | values]. */
    public int qkvWidth() {
        return queryWidth() + 2 * kvWidth();
    }
}
