package dev.vidda.gateway.security;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The settings under {@code vidda.gateway.security}; {@code reference.conf} says what each means.
 *
 * @param apiKeys keys in the clear, from the environment
 * @param adminKeys the same for the admin endpoints
 */
public record SecuritySettings(
        Optional<Path> keysFile,
        List<String> apiKeys,
        List<String> adminKeys,
        Duration reload,
        boolean insecure,
        boolean metricsPublic,
        boolean sharedPrefixes,
        Optional<TlsFiles> tls) {
    public SecuritySettings {
        apiKeys = List.copyOf(apiKeys);
        adminKeys = List.copyOf(adminKeys);
    }

    /**
     * A certificate and its key, in PEM.
     *
     * @param certificate the server's first, then those that lead to the root
     * @param key in PKCS #8
     */
    public record TlsFiles(Path certificate, Path key) {}

    /**
     * Reads the settings.
     *
     * @param security the configuration at that path
     * @throws com.typesafe.config.ConfigException if a key is missing or of the wrong type
     * @throws IllegalArgumentException naming the key whose value is out of bounds
     */
    public static SecuritySettings from(Config security) {
        Duration reload = security.getDuration("reload");
        if (reload.isNegative() || reload.isZero()) {
            throw new IllegalArgumentException("vidda.gateway.security.reload must be positive, but it is " + reload);
        }
        return new SecuritySettings(
                path(security, "keys-file"),
                list(security.getString("api-keys")),
                list(security.getString("admin-keys")),
                reload,
                security.getBoolean("insecure"),
                security.getBoolean("metrics-public"),
                security.getBoolean("shared-prefixes"),
                tls(security));
    }

    private static Optional<TlsFiles> tls(Config security) {
        Optional<Path> certificate = path(security, "tls.certificate");
        Optional<Path> key = path(security, "tls.key");
        if (certificate.isPresent() != key.isPresent()) {
            throw new IllegalArgumentException(
                    "vidda.gateway.security.tls needs both a certificate and a key, but has only "
                            + (certificate.isPresent() ? "a certificate" : "a key"));
        }
        return certificate.map(file -> new TlsFiles(file, key.orElseThrow()));
    }

    private static Optional<Path> path(Config security, String key) {
        String text = security.getString(key);
        return text.isBlank() ? Optional.empty() : Optional.of(Path.of(text));
    }

    private static List<String> list(String text) {
        return Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(key -> !key.isEmpty())
                .toList();
    }

    /** Keys stay out of logs. */
    @Override
    public String toString() {
        return "SecuritySettings[keysFile=" + keysFile + ", " + apiKeys.size() + " API keys, " + adminKeys.size()
                + " admin keys, tls=" + tls + "]";
    }
}
