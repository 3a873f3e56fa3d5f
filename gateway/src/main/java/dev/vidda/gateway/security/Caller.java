package dev.vidda.gateway.security;

import dev.vidda.protocol.Tenant;
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

    /** An admin that acts for a tenant, without its limits. */
    public static Caller inNameOf(Caller admin, String tenant) {
        Tenant who = tenant.isEmpty() ? Tenant.ANYONE : new Tenant(tenant, 1, 0);
        return new Caller(admin.keyName(), Optional.of(new Account(who, Quota.NONE)), true, 0);
    }

    static Caller of(ApiKey key) {
        return new Caller(key.name(), key.account(), key.admin(), key.concurrent());
    }
}
