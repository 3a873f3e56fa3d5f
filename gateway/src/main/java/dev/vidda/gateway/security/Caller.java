package dev.vidda.gateway.security;

import java.util.Optional;

/**
 * Who sent a request.
 *
 * @param keyName name of its key; empty where keys are not asked for
 * @param account for whom it may generate; empty if it may not
 * @param admin whether it may use the admin endpoints
 * @param concurrent requests that its key may have under way at a time; 0 for no limit
 */
public record Caller(String keyName, Optional<Account> account, boolean admin, int concurrent) {
    /** Everybody, where keys are not asked for. */
    public static final Caller ANYONE = new Caller("", Optional.of(Account.EVERYBODY), true, 0);

    static Caller of(ApiKey key) {
        return new Caller(key.name(), key.account(), key.admin(), key.concurrent());
    }
}
