package dev.vidda.simulator;

/**
 * What operators of other routers set.
 *
 * @param balanceAbsolute SGLang's gateway ignores the cache while loads differ by more than this many requests ...
 * @param balanceRelative ... and by more than this factor ...
 * @param cacheThreshold ... and follows it only when it has more than this share of the prompt
 * @param overlapWeight of a block to compute beside one that is held, for Dynamo's router
 */
public record RouterTuning(int balanceAbsolute, double balanceRelative, double cacheThreshold, double overlapWeight) {
    /** @throws IllegalArgumentException if any is negative */
    public RouterTuning {
        if (balanceAbsolute < 0 || !(balanceRelative >= 0) || !(cacheThreshold >= 0) || !(overlapWeight >= 0)) {
            throw new IllegalArgumentException("thresholds and weights of routers must be at least 0, were "
                    + balanceAbsolute + ", " + balanceRelative + ", " + cacheThreshold + " and " + overlapWeight);
        }
    }

    /** As they come. */
    public static final RouterTuning DEFAULTS = new RouterTuning(64, 1.5, 0.3, 1);
}
