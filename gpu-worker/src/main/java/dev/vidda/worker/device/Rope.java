package dev.vidda.worker.device;

/**
 * Rotary position embedding (arXiv 2104.09864) over whole heads, in the order of Hugging Face checkpoints: elements
 * {@code i} and {@code i + headDim / 2} form the pair that turns by {@code position * frequency(i)}.
 *
 * <p>Frequencies come from {@link RopeScaling}; angles are products in float32, as the models were trained.
 */
public final class Rope {
    private final float[] frequencies;
    private final float magnitude;

    /**
     * @param frequencies [headDim / 2] radians a position
     * @param magnitude factor on both cosine and sine; 1 but for YaRN
     */
    public Rope(float[] frequencies, float magnitude) {
        this.frequencies = frequencies.clone();
        this.magnitude = magnitude;
    }

    /** Pairs that turn: half of the head's elements. */
    public int pairs() {
        return frequencies.length;
    }

    public float frequency(int pair) {
        return frequencies[pair];
    }

    /** Factor on both cosine and sine. */
    public float magnitude() {
        return magnitude;
    }

    /** Writes {@code magnitude} times cosine and sine of each pair's angle at {@code position}. */
    public void fill(int position, float[] cosines, float[] sines, int offset) {
        for (int i = 0; i < frequencies.length; i++) {
            float angle = position * frequencies[i];
            cosines[offset + i] = (float) Math.cos(angle) * magnitude;
            sines[offset + i] = (float) Math.sin(angle) * magnitude;
        }
    }
}
