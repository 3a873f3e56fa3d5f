package dev.vidda.gateway.security;

import java.util.Optional;

/**
 * A key that is let in.
 *
 * @param name for logs and the list of keys; tells nothing of the key itself
 * @param account for whom it generates; empty for a key that may not
 * @param admin whether it opens the admin endpoints
 * @param concurrent requests under way at a time with this key; 0 for no limit of its own
 */
public record ApiKey(String name, KeyHash hash, Optional<Account> account, boolean admin, int concurrent) {
    public ApiKey {
        if (concurrent < 0) {
            throw new IllegalArgumentException("key '" + name + "': concurrent must be at least 0, was " + concurrent);
        }
        if (account.isEmpty() && !admin) {
            throw new IllegalArgumentException("key '" + name + "' has neither a tenant nor admin = true");
        }
    }
}
