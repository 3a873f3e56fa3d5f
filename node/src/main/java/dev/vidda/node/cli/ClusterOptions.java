package dev.vidda.node.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which part a server takes in a cluster. */
final class ClusterOptions {
    @Option(
            names = "--roles",
            split = ",",
            paramLabel = "ROLE",
            description = "What this node does: gateway, scheduler, worker, or several of them with commas"
                    + " (default: all).")
    private @Nullable List<String> roles;

    @Option(
            names = "--cluster",
            paramLabel = "HOST:PORT",
            description = "Take part in a cluster, where other nodes reach this one at HOST:PORT.")
    private @Nullable String address;

    @Option(
            names = "--seed",
            split = ",",
            paramLabel = "HOST:PORT",
            description = "Nodes to join by, the same list on every node; the first one may start alone.")
    private @Nullable List<String> seeds;

    /** By key. */
    Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>();
        ServerOptions.put(settings, "vidda.node.roles", roles);
        ServerOptions.put(settings, "vidda.node.cluster.enabled", address == null ? null : true);
        ServerOptions.put(settings, "vidda.node.cluster.address", address);
        ServerOptions.put(settings, "vidda.node.cluster.seed-nodes", seeds);
        return settings;
    }
}
