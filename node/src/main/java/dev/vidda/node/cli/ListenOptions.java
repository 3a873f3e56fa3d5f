package dev.vidda.node.cli;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a server listens, and to whom. */
final class ListenOptions {
    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description =
                    "Address to listen on; 0.0.0.0 lets other machines in, and needs API keys (default: 127.0.0.1).")
    private @Nullable String host;

    @Option(
            names = "--keys",
            paramLabel = "FILE",
            description = "Tenants and the hashes of their API keys, see conf/keys.conf; read again when it changes.")
    private @Nullable Path keys;

    @Option(names = "--insecure", description = "Let other machines in although no API key is configured.")
    private boolean insecure;

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
        ServerOptions.put(settings, "vidda.gateway.security.keys-file", keys == null ? null : keys.toString());
        ServerOptions.put(settings, "vidda.gateway.security.insecure", insecure ? true : null);
        return settings;
    }
}
