package dev.vidda.gateway.security;

import dev.vidda.protocol.Patience;
import dev.vidda.protocol.ServiceClass;
import dev.vidda.protocol.Tenant;

/**
 * How a request wants to be scheduled.
 *
 * @param guaranteed whether memory for its whole output is set aside, so that it is never preempted
 * @param showsQueue whether a stream begins before it is admitted, and says where in the line it is
 * @param saltScope stands before the salt of its cached prefixes, so that tenants do not share them; empty for none
 */
public record Terms(
        Tenant tenant,
        ServiceClass serviceClass,
        boolean guaranteed,
        Patience patience,
        boolean showsQueue,
        String saltScope) {

    /** The salt of cached prefixes that goes with what the client itself gave. No two scopes ever give the same one. */
    public String salt(String clientSalt) {
        return saltScope.isEmpty() ? clientSalt : saltScope.length() + ":" + saltScope + clientSalt;
    }
}
