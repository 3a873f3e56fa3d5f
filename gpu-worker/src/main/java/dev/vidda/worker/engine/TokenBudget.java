package dev.vidda.worker.engine;

import dev.vidda.protocol.DeviceHealth;

/**
 * How many tokens a step may compute. While heat or power hold a device's clocks down, as much less as they are lower than
 * the highest ones seen: a step full of prompts then takes as long as before, and so does each token of those that decode.
 */
public final class TokenBudget {
    private final int most;
    private final int least;
    private int highestClock;
    private int tokens;

    /** @param least a step of so many tokens is always possible: all sequences that decode */
    public TokenBudget(int most, int least) {
        this.most = most;
        this.least = least;
        tokens = most;
    }

    /** Tokens of a step now. */
    public int tokens() {
        return tokens;
    }

    /** The device's sensors were read. */
    public void observe(DeviceHealth health) {
        highestClock = Math.max(highestClock, health.clockMhz());
        boolean slower = health.throttled() && health.clockMhz() > 0;
        tokens = slower ? Math.max(least, (int) ((long) most * health.clockMhz() / highestClock)) : most;
    }
}
