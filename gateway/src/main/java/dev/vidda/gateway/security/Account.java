package dev.vidda.gateway.security;

import dev.vidda.protocol.Tenant;

/** A tenant and what it may use. */
public record Account(Tenant tenant, Quota quota) {
    /** Everybody, where keys are not asked for. */
    public static final Account EVERYBODY = new Account(Tenant.ANYONE, Quota.NONE);
}
