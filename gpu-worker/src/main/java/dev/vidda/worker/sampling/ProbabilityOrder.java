package dev.vidda.worker.sampling;

import java.util.Arrays;

/**
 * The tokens in descending order of their logits, equal logits by ascending id, with the cumulative sums of their
 * {@link Weight}s, without sorting the vocabulary.
 *
 * <p>One pass puts each token into a bucket by its distance from the largest logit and adds up counts and weights per
 * bucket. Where a rank or a cumulative sum falls into a bucket, only that bucket's tokens are collected and sorted. Every
 * filter keeps a prefix of the order, so a filter is nothing but the cumulative weight it keeps.
 */
final class ProbabilityOrder {
    private static final int BUCKETS_PER_NAT = 16;
    private static final int BUCKETS = (int) (Weight.NOTHING_FROM * BUCKETS_PER_NAT) + 1;
    private static final short NO_BUCKET = -1;

    private final int vocabSize;
    private final short[] bucketOf;
    private final int[] counts = new int[BUCKETS];
    private final long[] weights = new long[BUCKETS];
    /** Tokens of the bucket {@code sortedBucket}: order-reversed logit in the high half, id in the low one. */
    private final long[] sorted;

    private float[] logits = {};
    private int offset;
    private float largest;
    private float temperature;
    private long total;
    private long weightWithinLimit;
    private int sortedBucket = NO_BUCKET;

    ProbabilityOrder(int vocabSize) {
        this.vocabSize = vocabSize;
        bucketOf = new short[vocabSize];
        sorted = new long[vocabSize];
    }

    /**
     * Reads the logits {@code [offset, offset + vocabSize)}.
     *
     * @param largest the largest of them, finite
     * @param limit tokens at most so far below the most likely one count into {@link #weightWithinLimit()}
     */
    void load(float[] logits, int offset, float largest, float temperature, float limit) {
        this.logits = logits;
        this.offset = offset;
        this.largest = largest;
        this.temperature = temperature;
        sortedBucket = NO_BUCKET;
        Arrays.fill(counts, 0);
        Arrays.fill(weights, 0);
        long within = 0;
        for (int id = 0; id < vocabSize; id++) {
            float distance = (largest - logits[offset + id]) / temperature;
            // False for NaN, too.
            if (distance < Weight.NOTHING_FROM) {
                int bucket = (int) (distance * BUCKETS_PER_NAT);
                long weight = Weight.of(distance);
                bucketOf[id] = (short) bucket;
                counts[bucket]++;
                weights[bucket] += weight;
                within += distance <= limit ? weight : 0;
            } else {
                bucketOf[id] = NO_BUCKET;
            }
        }
        weightWithinLimit = within;
        total = 0;
        for (long weight : weights) {
            total += weight;
        }
    }

    /** The weight of all tokens. */
    long total() {
        return total;
    }

    /** The weight of the tokens within the limit given to {@link #load}. */
    long weightWithinLimit() {
        return weightWithinLimit;
    }

    /** The weight of the first {@code tokens} tokens. */
    long weightOfFirst(int tokens) {
        long before = 0;
        int left = tokens;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            if (left <= counts[bucket]) {
                sort(bucket);
                for (int i = 0; i < left; i++) {
                    before += weightOf((int) sorted[i]);
                }
                return before;
            }
            left -= counts[bucket];
            before += weights[bucket];
        }
        return before;
    }

    /** The weight of the shortest prefix that weighs at least {@code weight}, which is in {@code [1, total()]}. */
    long weightReaching(long weight) {
        int bucket = bucketAt(weight - 1);
        long sum = weightBefore(bucket);
        for (int i = 0; sum < weight; i++) {
            sum += weightOf((int) sorted[i]);
        }
        return sum;
    }

    /** The first token up to which the cumulative weight exceeds {@code point}, which is in {@code [0, total())}. */
    int tokenAt(long point) {
        int bucket = bucketAt(point);
        long sum = weightBefore(bucket);
        int i = -1;
        while (sum <= point) {
            sum += weightOf((int) sorted[++i]);
        }
        return (int) sorted[i];
    }

    /** The bucket in which the cumulative weight passes {@code point}; sorts it. */
    private int bucketAt(long point) {
        long sum = weights[0];
        int bucket = 0;
        while (sum <= point) {
            sum += weights[++bucket];
        }
        sort(bucket);
        return bucket;
    }

    private long weightBefore(int bucket) {
        long sum = 0;
        for (int i = 0; i < bucket; i++) {
            sum += weights[i];
        }
        return sum;
    }

    private long weightOf(int id) {
        return Weight.of((largest - logits[offset + id]) / temperature);
    }

    private void sort(int bucket) {
        if (sortedBucket == bucket) {
            return;
        }
        int size = 0;
        for (int id = 0; id < vocabSize; id++) {
            if (bucketOf[id] == bucket) {
                sorted[size++] = descending(logits[offset + id], id);
            }
        }
        Arrays.sort(sorted, 0, size);
        sortedBucket = bucket;
    }

    /** A number that is smaller for larger logits and, among equal ones, for smaller ids. */
    static long descending(float logit, int id) {
        // Adding 0 makes a negative zero positive.
        int bits = Float.floatToRawIntBits(logit + 0f);
        int ascending = bits ^ (bits >> 31 & Integer.MAX_VALUE);
        return (long) ~ascending << 32 | id;
    }
}
