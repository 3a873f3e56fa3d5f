package dev.vidda.node;

import com.typesafe.config.Config;
import dev.vidda.gateway.GatewaySettings;
import dev.vidda.scheduler.SchedulerSettings;
import dev.vidda.worker.WorkerSettings;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;

/**
 * All settings of a node.
 *
 * @param config where they come from; also holds those of the libraries
 */
public record NodeSettings(
        Set<Role> roles,
        ModelSettings model,
        GatewaySettings gateway,
        SchedulerSettings scheduler,
        WorkerSettings worker,
        Config config) {
    private static final String ROLES = "vidda.node.roles";

    public NodeSettings {
        roles = Set.copyOf(roles);
        if (!roles.containsAll(EnumSet.allOf(Role.class))) {
            throw new IllegalArgumentException(ROLES + " must have gateway, scheduler and worker, has only " + roles
                    + ": a node without one of them needs others, and this version does not form clusters");
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
        return new NodeSettings(
                Role.parse(ROLES, config.getStringList(ROLES)),
                ModelSettings.from(config, home, worker.engine()),
                GatewaySettings.from(config),
                SchedulerSettings.from(config),
                worker,
                config);
    }
}
