package dev.vidda.gateway.security;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/** The server's certificate: new connections get the one that the files hold now. Thread-safe. */
public final class Tls {
    private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};

    private final Reloaded<SSLContext> context;

    private Tls(Reloaded<SSLContext> context) {
        this.context = context;
    }

    /**
     * Reads certificate and key.
     *
     * @param interval how long changed files may go unnoticed
     * @param nanoClock a monotonic clock in nanoseconds
     * @throws IllegalArgumentException if they cannot be used
     */
    public static Tls load(SecuritySettings.TlsFiles files, Duration interval, LongSupplier nanoClock) {
        try {
            return new Tls(new Reloaded<>(
                    List.of(files.certificate(), files.key()), interval, nanoClock, () -> context(files)));
        } catch (IOException e) {
            throw new IllegalArgumentException("TLS: a file cannot be read: " + e.getMessage(), e);
        }
    }

    /** The server's side of a new connection. */
    public SSLEngine engine() {
        SSLEngine engine = context.get().createSSLEngine();
        engine.setUseClientMode(false);
        engine.setEnabledProtocols(VERSIONS);
        return engine;
    }

    private static SSLContext context(SecuritySettings.TlsFiles files) throws IOException {
        char[] password = new char[0];
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, password);
            store.setKeyEntry("server", Pem.key(files.key()), password, Pem.certificates(files.certificate()));
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, password);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    files.certificate() + " and " + files.key() + " cannot be used: " + e.getMessage(), e);
        }
    }
}
