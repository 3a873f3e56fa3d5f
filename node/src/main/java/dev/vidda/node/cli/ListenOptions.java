package dev.vidda.node.cli;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a server listens. */
final class ListenOptions {
    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "Address to listen on; 0.0.0.0 lets other machines in (default: 127.0.0.1).")
    private @Nullable String host;

    @Option(
            names = {"-p", "--port"},
            paramLabel = "PORT",
            description = "Port to listen on; 0 takes a free one and prints it (default: 8080).")
    private @Nullable Integer port;

    /** By key. */
    Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>();
        ServerOptions.put(settings, "vidda.gateway.host", host);
        ServerOptions.put(settings, "vidda.gateway.port", port);
        return settings;
    }
}
