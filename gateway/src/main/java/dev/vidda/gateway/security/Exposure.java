package dev.vidda.gateway.security;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Whether a server that listens on an address can be reached from other machines without a key. */
public final class Exposure {
    private Exposure() {}

    /**
     * Refuses to open a server to others that asks nobody for a key.
     *
     * @throws InsecureException if {@code host} is not this machine alone, no key is configured and nobody said that
     *     this is meant
     */
    public static void check(String host, Gatekeeper keys, boolean insecure) {
        if (keys.asksForKeys() || insecure || isLoopback(host)) {
            return;
        }
        throw new InsecureException("without any API key the server listens on this machine only, but its host is "
                + host + ": configure keys (vidda.gateway.security.keys-file, with a key in that file, or "
                + "VIDDA_API_KEYS), or take 127.0.0.1, or say --insecure if others may use it without a key");
    }

    /** Whether only this machine can reach the address; a host that has none is left to the bind, which says so. */
    static boolean isLoopback(String host) {
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                if (!address.isLoopbackAddress()) {
                    return false;
                }
            }
            return true;
        } catch (UnknownHostException e) {
            return true;
        }
    }

    /** The configuration would let everybody in. */
    public static final class InsecureException extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        InsecureException(String message) {
            super(message);
        }
    }
}
