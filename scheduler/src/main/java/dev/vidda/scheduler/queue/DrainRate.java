package dev.vidda.scheduler.queue;

import java.time.Duration;
import java.util.OptionalDouble;

/**
 * How fast running requests give blocks back while others wait for them.
 *
 * <p>Time counts only while somebody waits: then all room is taken, and what is given back is what the cluster can do;
 * at other times it is only what was asked of it. Blocks and seconds both fade with age, so the rate follows the load.
 */
public final class DrainRate {
    /** A rate from less would be that of a single lucky request. */
    private static final double LEAST_SECONDS = 1;

    private static final double NANOS = 1e9;

    private final double memorySeconds;
    private double blocks;
    private double seconds;
    private boolean waiting;
    private long updatedNanos;

    /** @param memory what was seen so long ago counts 1/e of what is seen now */
    public DrainRate(Duration memory) {
        this.memorySeconds = memory.toNanos() / NANOS;
    }

    /** Says whether anybody waits from now on. Times are of one monotonic clock. */
    public void waiting(boolean anybody, long nowNanos) {
        advance(nowNanos);
        waiting = anybody;
    }

    /** A request ended and gave back so many blocks. */
    public void released(int count, long nowNanos) {
        advance(nowNanos);
        if (waiting) {
            blocks += count;
        }
    }

    /** Empty before enough was seen. */
    public OptionalDouble blocksPerSecond(long nowNanos) {
        advance(nowNanos);
        return blocks > 0 && seconds >= LEAST_SECONDS ? OptionalDouble.of(blocks / seconds) : OptionalDouble.empty();
    }

    private void advance(long nowNanos) {
        double elapsed = (nowNanos - updatedNanos) / NANOS;
        updatedNanos = nowNanos;
        if (waiting && elapsed > 0) {
            double kept = Math.exp(-elapsed / memorySeconds);
            blocks *= kept;
            seconds = seconds * kept + memorySeconds * (1 - kept);
        }
    }
}
