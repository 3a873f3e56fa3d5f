package dev.vidda.node.cli;

import dev.vidda.node.NodeSettings;
import dev.vidda.node.config.Configuration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** All that {@code vidda serve} is started with; {@code vidda config} takes the same. */
final class NodeOptions {
    @Mixin
    private ServerOptions server = new ServerOptions();

    @Mixin
    private ListenOptions listen = new ListenOptions();

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Option(
            names = "--log-format",
            paramLabel = "FORMAT",
            description = "text, or json for one object a line (default: text).")
    private @Nullable String logFormat;

    /** See {@link ServerOptions#configuration}. */
    Configuration configuration() {
        return server.configuration(overrides());
    }

    /** See {@link ServerOptions#settingsForThisMachine}. */
    NodeSettings settingsForThisMachine() {
        return server.settingsForThisMachine(overrides());
    }

    private Map<String, Object> overrides() {
        Map<String, Object> overrides = new HashMap<>(listen.settings());
        overrides.putAll(cluster.settings());
        ServerOptions.put(overrides, "vidda.node.log-format", logFormat);
        return overrides;
    }
}
