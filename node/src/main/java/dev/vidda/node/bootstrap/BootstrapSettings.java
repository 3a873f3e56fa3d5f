package dev.vidda.node.bootstrap;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code vidda.node.bootstrap} and {@code vidda.node.management} in the configuration say; see reference.conf for the
 * meaning of each key.
 *
 * @param kubernetes whether the Kubernetes API tells the other nodes
 * @param service value of the label {@code app.kubernetes.io/name} that all pods of the cluster have
 * @param requiredContactPoints nodes that must be seen before a new cluster is formed
 * @param lease whether a lease decides which part of a torn cluster goes on, rather than the majority
 * @param managementPort {@link #NO_PORT} for none
 */
public record BootstrapSettings(
        boolean kubernetes, String service, int requiredContactPoints, boolean lease, int managementPort) {
    /** There is no management port. */
    public static final int NO_PORT = -1;

    private static final String BOOTSTRAP = "vidda.node.bootstrap.";
    private static final String MANAGEMENT = "vidda.node.management.";
    private static final int MOST_PORT = 65_535;
    private static final String LEASE = "akka.coordination.lease.kubernetes";

    /**
     * Reads the settings from the whole configuration.
     *
     * @throws com.typesafe.config.ConfigException if a key is missing or of the wrong type
     * @throws IllegalArgumentException naming the key whose value is out of bounds
     */
    public static BootstrapSettings from(Config config) {
        String method = config.getString(BOOTSTRAP + "method");
        check(
                method.equals("none") || method.equals("kubernetes"),
                BOOTSTRAP + "method must be none or kubernetes, was " + method);
        int required = config.getInt(BOOTSTRAP + "required-contact-points");
        check(required >= 1, BOOTSTRAP + "required-contact-points must be at least 1, was " + required);
        int port = config.getInt(MANAGEMENT + "port");
        check(port >= 0 && port <= MOST_PORT, MANAGEMENT + "port must be between 0 and 65535, was " + port);
        boolean kubernetes = method.equals("kubernetes");
        boolean lease = config.getBoolean(BOOTSTRAP + "lease");
        check(kubernetes || !lease, BOOTSTRAP + "lease must be false unless the method is kubernetes, was true");
        return new BootstrapSettings(
                kubernetes,
                config.getString(BOOTSTRAP + "service"),
                required,
                lease,
                kubernetes || config.getBoolean(MANAGEMENT + "enabled") ? port : NO_PORT);
    }

    /** Whether there is a management port. */
    public boolean hasManagement() {
        return managementPort != NO_PORT;
    }

    /**
     * What Akka must be told, over {@code config}.
     *
     * @param host where other nodes reach this one; the management port is opened there
     */
    public Config akka(String host, Config config) {
        if (!hasManagement()) {
            return config;
        }
        Map<String, Object> akka = new HashMap<>();
        String http = "akka.management.http.";
        akka.put(http + "hostname", host);
        akka.put(http + "port", managementPort);
        akka.put(http + "routes.health-checks", "");
        akka.put(http + "routes.vidda", HealthRoutes.class.getName());
        if (!kubernetes) {
            akka.put(http + "routes.cluster-bootstrap", "");
        } else {
            putKubernetes(akka);
        }
        return ConfigFactory.parseMap(akka, "vidda.node.bootstrap").withFallback(config);
    }

    private void putKubernetes(Map<String, Object> akka) {
        akka.put("akka.cluster.seed-nodes", List.of());
        akka.put("akka.discovery.method", "kubernetes-api");
        akka.put("akka.discovery.kubernetes-api.pod-label-selector", "app.kubernetes.io/name=%s");
        // Names of pods need a DNS server that makes them up.
        akka.put("akka.discovery.kubernetes-api.use-raw-ip", true);
        String discovery = "akka.management.cluster.bootstrap.contact-point-discovery.";
        akka.put(discovery + "service-name", service);
        akka.put(discovery + "port-name", "management");
        akka.put(discovery + "required-contact-point-nr", requiredContactPoints);
        // A pod that does not answer must not keep the others from forming a cluster.
        akka.put(discovery + "contact-with-all-contact-points", false);
        if (lease) {
            String resolver = "akka.cluster.split-brain-resolver.";
            akka.put(resolver + "active-strategy", "lease-majority");
            akka.put(resolver + "lease-majority.lease-implementation", LEASE);
            akka.put(resolver + "lease-majority.lease-name", service + "-split-brain");
        }
    }

    private static void check(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
