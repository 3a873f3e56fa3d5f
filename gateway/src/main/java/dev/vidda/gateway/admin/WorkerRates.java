package dev.vidda.gateway.admin;

/**
 * How fast a worker was over the last seconds.
 *
 * @param generatedPerSecond tokens drawn
 * @param computedPerSecond tokens whose keys and values were computed
 * @param stepMillis mean time of a step; 0 when there was none
 * @param stillMillis time since its step counter last moved
 */
public record WorkerRates(double generatedPerSecond, double computedPerSecond, double stepMillis, long stillMillis) {
    /** Nothing was seen yet. */
    public static final WorkerRates NONE = new WorkerRates(0, 0, 0, 0);
}
