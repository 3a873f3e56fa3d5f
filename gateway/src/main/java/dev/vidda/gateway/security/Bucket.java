package dev.vidda.gateway.security;

/**
 * A token bucket that holds a minute's worth: it fills at an even rate, and what is taken may leave it in debt. Not
 * thread-safe.
 */
final class Bucket {
    private static final double NANOS_PER_MINUTE = 60e9;

    private double level;
    private long filledAt;
    private boolean begun;

    /**
     * How long until {@code amount} can be taken, or all that the bucket holds if that is less; 0 if now.
     *
     * @param perMinute the rate, at least 1; may change between two calls
     */
    long nanosUntil(double amount, int perMinute, long now) {
        fill(perMinute, now);
        double missing = Math.min(amount, perMinute) - level;
        return missing <= 0 ? 0 : (long) Math.ceil(missing / perMinute * NANOS_PER_MINUTE);
    }

    /** Takes {@code amount}, whether it is there or not. */
    void take(double amount, int perMinute, long now) {
        fill(perMinute, now);
        level -= amount;
    }

    private void fill(int perMinute, long now) {
        if (begun) {
            level = Math.min(perMinute, level + (now - filledAt) / NANOS_PER_MINUTE * perMinute);
        } else {
            begun = true;
            level = perMinute;
        }
        filledAt = now;
    }
}
