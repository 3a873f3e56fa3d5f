package dev.vidda.gateway.security;

import java.util.Optional;

/** What one tenant or one key has used lately. Thread-safe. */
final class Meter {
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final Bucket requests = new Bucket();
    private final Bucket tokens = new Bucket();
    private int underWay;

    /** A limit that was reached, and when to come back. */
    record Excess(String message, long retryAfterSeconds) {}

    /** Counts a request as under way, unless it is one too many. */
    synchronized Optional<Excess> enter(Quota quota, long now) {
        if (quota.concurrent() > 0 && underWay >= quota.concurrent()) {
            return Optional.of(new Excess(
                    underWay + " requests are under way, and at most " + quota.concurrent() + " may be at a time.", 1));
        }
        if (quota.requestsPerMinute() > 0) {
            long wait = requests.nanosUntil(1, quota.requestsPerMinute(), now);
            if (wait > 0) {
                return Optional.of(new Excess(
                        "The limit of " + quota.requestsPerMinute() + " requests a minute is reached.", seconds(wait)));
            }
            requests.take(1, quota.requestsPerMinute(), now);
        }
        underWay++;
        return Optional.empty();
    }

    synchronized void leave() {
        underWay--;
    }

    /** Takes a prompt's tokens, unless there is no room for them. */
    synchronized Optional<Excess> prompt(int promptTokens, Quota quota, long now) {
        if (quota.tokensPerMinute() > 0) {
            long wait = tokens.nanosUntil(promptTokens, quota.tokensPerMinute(), now);
            if (wait > 0) {
                return Optional.of(new Excess(
                        "The limit of " + quota.tokensPerMinute() + " tokens a minute leaves no room for a prompt of "
                                + promptTokens + " tokens now.",
                        seconds(wait)));
            }
            tokens.take(promptTokens, quota.tokensPerMinute(), now);
        }
        return Optional.empty();
    }

    /** Takes generated tokens: they count against the requests to come. */
    synchronized void generated(int count, Quota quota, long now) {
        if (quota.tokensPerMinute() > 0) {
            tokens.take(count, quota.tokensPerMinute(), now);
        }
    }

    private static long seconds(long nanos) {
        return Math.max(1, Math.ceilDiv(nanos, NANOS_PER_SECOND));
    }
}
