package dev.vidda.protocol;

/**
 * How long a request may wait, and how fast it wants to be.
 *
 * @param arrivedAtMillis when the gateway took it, in milliseconds since 1970: the order in which requests are served
 *     also after another scheduler took over
 * @param queueTimeoutMillis refused when it had to wait longer than this for its admission; 0 for no limit
 * @param ttftTargetMillis time to first token it asks for; 0 for none
 * @param itlTargetMillis time between two tokens it asks for; 0 for none
 */
public record Patience(long arrivedAtMillis, long queueTimeoutMillis, long ttftTargetMillis, long itlTargetMillis) {
    /** Waits as long as it takes. */
    public static final Patience ENDLESS = new Patience(0, 0, 0, 0);

    public Patience {
        require("arrivedAtMillis", arrivedAtMillis);
        require("queueTimeoutMillis", queueTimeoutMillis);
        require("ttftTargetMillis", ttftTargetMillis);
        require("itlTargetMillis", itlTargetMillis);
    }

    private static void require(String name, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " must be at least 0, was " + value);
        }
    }
}
