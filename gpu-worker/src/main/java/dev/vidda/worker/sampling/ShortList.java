package dev.vidda.worker.sampling;

/** The draw among the few tokens that a small top-k keeps: the same result as by {@link ProbabilityOrder}, sooner. */
final class ShortList {
    /** The largest top-k it is for. */
    static final int LONGEST = 64;

    private final LargestLogits top = new LargestLogits();
    private final long[] weights = new long[LONGEST];
    private float largest;
    private float temperature;

    /** Reads the {@code topK} largest of {@code logits[offset .. offset + vocabSize)}; at least one is finite. */
    void load(float[] logits, int offset, int vocabSize, int topK, float temperature) {
        top.select(logits, offset, vocabSize, topK);
        this.temperature = temperature;
        largest = top.logit(0);
        for (int rank = 0; rank < top.size(); rank++) {
            float distance = distance(rank);
            weights[rank] = distance < Weight.NOTHING_FROM ? Weight.of(distance) : 0;
        }
    }

    /** The weight of all tokens. */
    long total() {
        return weightWithin(Float.POSITIVE_INFINITY);
    }

    /** The weight of the tokens at most {@code limit} below the most likely one. */
    long weightWithin(float limit) {
        long sum = 0;
        for (int rank = 0; rank < top.size() && distance(rank) <= limit; rank++) {
            sum += weights[rank];
        }
        return sum;
    }

    /** The weight of the shortest prefix that weighs at least {@code weight}, which is in {@code [1, total()]}. */
    long weightReaching(long weight) {
        long sum = 0;
        for (int rank = 0; sum < weight; rank++) {
            sum += weights[rank];
        }
        return sum;
    }

    /** The first token up to which the cumulative weight exceeds {@code point}, which is in {@code [0, total())}. */
    int tokenAt(long point) {
        int rank = 0;
        for (long sum = weights[0]; sum <= point; sum += weights[rank]) {
            rank++;
        }
        return top.id(rank);
    }

    private float distance(int rank) {
        return (largest - top.logit(rank)) / temperature;
    }
}
