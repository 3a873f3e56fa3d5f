package dev.vidda.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueFactory;
import dev.vidda.gateway.GatewaySettings;
import dev.vidda.node.bootstrap.BootstrapSettings;
import dev.vidda.node.logging.LogFormat;
import dev.vidda.node.trace.TracingSettings;
import dev.vidda.scheduler.SchedulerSettings;
import dev.vidda.worker.WorkerSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * All settings of a node.
 *
 * @param models the folders of all models that the gateway serves, by name
 * @param workerId what the worker is called; empty for a name that the node finds
 * @param config where they come from; also holds those of the libraries
 */
public record NodeSettings(
        Set<Role> roles,
        ClusterSettings cluster,
        BootstrapSettings bootstrap,
        ModelSettings model,
        Map<String, Path> models,
        String workerId,
        GatewaySettings gateway,
        SchedulerSettings scheduler,
        WorkerSettings worker,
        TracingSettings tracing,
        LogFormat logFormat,
        Config config) {
    private static final String ROLES = "vidda.node.roles";
    private static final String STOP_PHASE = "akka.coordinated-shutdown.phases.service-requests-done.timeout";
    /** For the end of what did not end by itself. */
    private static final Duration STOP_MARGIN = Duration.ofSeconds(10);

    private static final String LOG_FORMAT = "vidda.node.log-format";

    public NodeSettings {
        roles = Set.copyOf(roles);
        models = Map.copyOf(models);
        if (roles.isEmpty()) {
            throw new IllegalArgumentException(ROLES + " must have at least one role");
        }
        if (!cluster.enabled() && !roles.containsAll(EnumSet.allOf(Role.class))) {
            throw new IllegalArgumentException(ROLES + " must have gateway, scheduler and worker, has only " + roles
                    + ": a node without one of them needs others (vidda.node.cluster)");
        }
        if (!cluster.enabled() && bootstrap.kubernetes()) {
            throw new IllegalArgumentException("vidda.node.cluster.enabled must be true with bootstrap by kubernetes");
        }
    }

    /**
     * Reads the settings.
     *
     * @param config a whole configuration
     * @param home Vidda's own folder, for models that ship with it
     * @throws com.typesafe.config.ConfigException if a key is missing or of the wrong type
     * @throws IllegalArgumentException naming the key whose value is out of bounds
     */
    public static NodeSettings from(Config config, Path home) {
        WorkerSettings worker = WorkerSettings.from(config);
        ModelSettings model = ModelSettings.from(config, home, worker.engine());
        return new NodeSettings(
                Role.parse(ROLES, roles(config)),
                ClusterSettings.from(config),
                BootstrapSettings.from(config),
                model,
                models(config, home, model),
                config.getString("vidda.node.worker-id"),
                GatewaySettings.from(config),
                SchedulerSettings.from(config),
                worker,
                TracingSettings.from(config),
                LogFormat.parse(LOG_FORMAT, config.getString(LOG_FORMAT)),
                config);
    }

    /** How long running answers may take to end once the node was asked to stop. */
    public Duration timeToEnd() {
        return gateway.shutdownTimeout().compareTo(worker.drainTime()) > 0
                ? gateway.shutdownTimeout()
                : worker.drainTime();
    }

    /** {@link #config} with a phase of Akka's shutdown that is long enough for that. */
    Config configToStopIn() {
        Duration needed = timeToEnd().plus(STOP_MARGIN);
        return config.getDuration(STOP_PHASE).compareTo(needed) >= 0
                ? config
                : config.withValue(STOP_PHASE, ConfigValueFactory.fromAnyRef(needed));
    }

    /** From the environment they come as one text. */
    private static List<String> roles(Config config) {
        return config.getValue(ROLES).unwrapped() instanceof String text
                ? Arrays.stream(text.split(",")).map(String::strip).toList()
                : config.getStringList(ROLES);
    }

    private static Map<String, Path> models(Config config, Path home, ModelSettings model) {
        Map<String, Path> models = new TreeMap<>();
        config.getConfig("vidda.node.models").root().forEach((name, path) -> {
            if (!(path.unwrapped() instanceof String folder)) {
                throw new IllegalArgumentException(
                        "vidda.node.models." + name + " must be a folder, was " + path.render());
            }
            models.put(name, ModelSettings.find(folder, home));
        });
        return models.isEmpty() ? Map.of(model.name(), model.directory()) : models;
    }
}
