package dev.vidda.gateway.security;

import dev.vidda.protocol.QuotaUse;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What one tenant or one key has used lately. Thread-safe. */
final class Meter {
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final Bucket requests = new Bucket();
    private final Bucket tokens = new Bucket();
    private int underWay;
    /** At other gateways, by whose these are. */
    private final Map<Object, Integer> underWayElsewhere = new HashMap<>();

    private long untoldRequests;
    private long untoldTokens;
    private int toldUnderWay;

    /** A limit that was reached, and when to come back. */
    record Excess(String message, long retryAfterSeconds) {}

    /** Counts a request as under way, unless it is one too many. */
    synchronized Optional<Excess> enter(Quota quota, long now) {
        int everywhere = underWay
                + underWayElsewhere.values().stream()
                        .mapToInt(Integer::intValue)
                        .sum();
        if (quota.concurrent() > 0 && everywhere >= quota.concurrent()) {
            return Optional.of(new Excess(
                    everywhere + " requests are under way, and at most " + quota.concurrent() + " may be at a time.",
                    1));
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
        untoldRequests++;
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
            untoldTokens += promptTokens;
        }
        return Optional.empty();
    }

    /** Takes generated tokens: they count against the requests to come. */
    synchronized void generated(int count, Quota quota, long now) {
        if (quota.tokensPerMinute() > 0) {
            tokens.take(count, quota.tokensPerMinute(), now);
            untoldTokens += count;
        }
    }

    /**
     * What happened here since this was called last, and how many requests are under way; empty if other gateways would
     * learn nothing from it. What is under way is said each time, because they may not have heard it.
     */
    synchronized Optional<QuotaUse.Use> tell(String name) {
        if (untoldRequests == 0 && untoldTokens == 0 && underWay == 0 && toldUnderWay == 0) {
            return Optional.empty();
        }
        QuotaUse.Use use = new QuotaUse.Use(name, untoldRequests, untoldTokens, underWay);
        untoldRequests = 0;
        untoldTokens = 0;
        toldUnderWay = underWay;
        return Optional.of(use);
    }

    /** Counts what another gateway let in. */
    synchronized void hear(Object gateway, QuotaUse.Use use, Quota quota, long now) {
        underWayElsewhere.put(gateway, use.underWay());
        if (quota.requestsPerMinute() > 0 && use.requests() > 0) {
            requests.take(use.requests(), quota.requestsPerMinute(), now);
        }
        if (quota.tokensPerMinute() > 0 && use.tokens() > 0) {
            tokens.take(use.tokens(), quota.tokensPerMinute(), now);
        }
    }

    /** The other gateway is gone, and all its requests with it. */
    synchronized void forget(Object gateway) {
        underWayElsewhere.remove(gateway);
    }

    private static long seconds(long nanos) {
        return Math.max(1, Math.ceilDiv(nanos, NANOS_PER_SECOND));
    }
}
