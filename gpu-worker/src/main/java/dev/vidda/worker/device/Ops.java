package dev.vidda.worker.device;

/**
 * The operations a step is made of, each over all rows of the current batch. Valid only while a {@link StepProgram}
 * runs. No argument varies between steps.
 *
 * <p>Notation: {@code x[r]} is row {@code r} of an activation; {@code norm} is {@link RmsNorm}; weights have shape
 * [outputs, inputs]. Arguments that were made by another device, or whose widths do not fit, are an
 * {@link IllegalArgumentException}.
 */
public interface Ops {
    /** {@code x[r] = table[tokenIds[r]]}. */
    void embed(Weight table, Activation x);

    /** {@code out[r] = W norm(x[r]) + b}. */
    void normLinear(Activation x, RmsNorm norm, Weight weight, Activation out);

    /** {@code x[r] += W in[r] + b}: a residual connection. */
    void addLinear(Activation in, Weight weight, Activation x);

    /**
     * The gated linear unit of arXiv 2002.05202 with SiLU: {@code out[r] = silu(G norm(x[r]) + g) * (U norm(x[r]) + u)}.
     *
     * @param gateUp G and U, made by {@link Device#loadGated}
     */
    void normGatedLinear(Activation x, RmsNorm norm, Weight gateUp, Activation out);

    /**
     * Transforms the queries and keys of each row [queries | keys | values] in place, and writes keys and values to the
     * row's slot in {@code layer} of the cache.
     */
    void rotateAndStore(Activation qkv, HeadTransform transform, KvBuffer kv, int layer);

    /**
     * Causal attention of every row's query heads over its sequence's cached tokens, its own included:
     * {@code out[r] = softmax(q K^T / sqrt(headDim)) V}. Any mix of decoding rows and chunks of prompts.
     *
     * @param window attend to the last so many tokens, the row's own included; 0 for all
     */
    void attend(Activation qkv, KvBuffer kv, int layer, int window, Activation out);

    /** {@code logits[i] = W norm(x[sampleRows[i]]) + b}. */
    void logits(Activation x, RmsNorm norm, Weight head, Activation logits);

    /** Draws a token from each row of logits, as the batch's {@code samples} say. The last operation of a step. */
    void sample(Activation logits);
}
