package dev.vidda.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.vidda.protocol.WireVersion;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How a node finds and talks to others: {@code vidda.node.cluster} in the configuration.
 *
 * @param enabled whether there are others; a node without them opens no port for them
 * @param address where others reach it
 * @param bind where it listens, if that is not its address
 * @param seeds nodes to join, in the same order on all; the first one may join itself
 * @param tls absent for plain TCP
 */
public record ClusterSettings(
        boolean enabled, Address address, Optional<Address> bind, List<Address> seeds, Optional<Tls> tls) {
    private static final String PATH = "vidda.node.cluster.";
    private static final int MOST_PORT = 65_535;
    /** Of all nodes; a cluster's nodes have one name. */
    static final String SYSTEM = "vidda";

    /** A host and a port. */
    public record Address(String host, int port) {
        private static final Pattern FORM = Pattern.compile("\\[?([^\\[\\]\\s]+?)]?:(\\d{1,5})");

        static Address parse(String key, String text) {
            Matcher matcher = FORM.matcher(text);
            if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > MOST_PORT) {
                throw new IllegalArgumentException(key + " must be HOST:PORT, was '" + text + "'");
            }
            return new Address(matcher.group(1), Integer.parseInt(matcher.group(2)));
        }

        @Override
        public String toString() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /** PEM files with which nodes show each other who they are; read again now and then. */
    public record Tls(String certificate, String key, String authority) {}

    public ClusterSettings {
        seeds = List.copyOf(seeds);
    }

    /**
     * Reads the settings.
     *
     * @throws com.typesafe.config.ConfigException if a key is missing or of the wrong type
     * @throws IllegalArgumentException naming the key whose value is out of bounds
     */
    static ClusterSettings from(Config config) {
        List<Address> seeds = seeds(config)
                .map(seed -> Address.parse(PATH + "seed-nodes", seed))
                .toList();
        return new ClusterSettings(
                config.getBoolean(PATH + "enabled"),
                Address.parse(PATH + "address", config.getString(PATH + "address")),
                filled(config, "bind").map(text -> Address.parse(PATH + "bind", text)),
                seeds,
                tls(config));
    }

    /** From the environment it comes as one text. */
    private static Stream<String> seeds(Config config) {
        String key = PATH + "seed-nodes";
        return config.getValue(key).unwrapped() instanceof String text
                ? Arrays.stream(text.split(",")).map(String::strip).filter(seed -> !seed.isEmpty())
                : config.getStringList(key).stream();
    }

    private static Optional<Tls> tls(Config config) {
        Optional<String> certificate = filled(config, "tls.certificate");
        Optional<String> key = filled(config, "tls.key");
        Optional<String> authority = filled(config, "tls.authority");
        if (certificate.isEmpty() && key.isEmpty() && authority.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Tls(
                certificate.orElseThrow(() -> incomplete("certificate")),
                key.orElseThrow(() -> incomplete("key")),
                authority.orElseThrow(() -> incomplete("authority"))));
    }

    private static IllegalArgumentException incomplete(String key) {
        return new IllegalArgumentException(
                PATH + "tls." + key + " must be set, too: TLS between nodes needs certificate, key and authority");
    }

    private static Optional<String> filled(Config config, String key) {
        return Optional.of(config.getString(PATH + key)).filter(text -> !text.isBlank());
    }

    /** What Akka must be told, over {@code config}. */
    Config akka(Config config, List<String> roles) {
        if (!enabled) {
            return config;
        }
        Map<String, Object> akka = new HashMap<>();
        akka.put("akka.actor.provider", "cluster");
        akka.put("akka.remote.artery.canonical.hostname", address.host());
        akka.put("akka.remote.artery.canonical.port", address.port());
        bind.ifPresent(where -> {
            akka.put("akka.remote.artery.bind.hostname", where.host());
            akka.put("akka.remote.artery.bind.port", where.port());
        });
        akka.put("akka.cluster.roles", roles);
        akka.putAll(JoinCheck.settings(WireVersion.CURRENT, Release.current()));
        akka.put(
                "akka.cluster.seed-nodes",
                seeds.stream().map(seed -> "akka://" + SYSTEM + "@" + seed).toList());
        tls.ifPresent(files -> {
            akka.put("akka.remote.artery.transport", "tls-tcp");
            akka.put(
                    "akka.remote.artery.ssl.ssl-engine-provider",
                    "akka.remote.artery.tcp.ssl.RotatingKeysSSLEngineProvider");
            String engine = "akka.remote.artery.ssl.rotating-keys-engine.";
            akka.put(engine + "cert-file", files.certificate());
            akka.put(engine + "key-file", files.key());
            akka.put(engine + "ca-cert-file", files.authority());
        });
        return ConfigFactory.parseMap(akka, "vidda.node.cluster").withFallback(config);
    }
}
