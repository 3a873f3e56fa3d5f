/**
 * Who may do what: API keys become callers with a tenant and quotas, {@link dev.vidda.gateway.security.Gatekeeper} lets
 * their requests in and counts what they use, {@link dev.vidda.gateway.security.Terms} says how a request wants to be
 * scheduled, and {@link dev.vidda.gateway.security.Tls} holds the server's certificate. Keys are known by their hashes
 * only.
 */
@NullMarked
package dev.vidda.gateway.security;

import org.jspecify.annotations.NullMarked;
