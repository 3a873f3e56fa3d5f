package dev.vidda.node.cli;

import dev.vidda.gateway.security.SecuritySettings;
import dev.vidda.node.ByteSize;
import dev.vidda.node.NodeReady;
import dev.vidda.node.NodeSettings;
import dev.vidda.protocol.WorkerCard;
import dev.vidda.protocol.kv.KvCost;
import dev.vidda.worker.model.ModelConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a server says when it is ready. */
final class StartReport {
    private StartReport() {}

    static String of(NodeSettings settings, NodeReady ready) {
        StringBuilder report = new StringBuilder("Vidda " + Version.current() + "\n");
        ready.clusterAddress().ifPresent(address -> report.append(cluster(settings, address)));
        if (!ready.workers().isEmpty()) {
            report.append(model(settings));
        }
        ready.workers().forEach(worker -> report.append(worker(worker)));
        SecuritySettings security = settings.gateway().security();
        report.append("ready     ")
                .append(ready.gateway()
                        .map(gateway -> url(gateway, security.tls().isPresent()))
                        .orElse("for the gateways of other nodes"))
                .append(sinceStart())
                .append("\n");
        ready.gateway()
                .ifPresent(gateway -> report.append(access(security, gateway))
                        .append("\n")
                        .append(example(settings, url(gateway, security.tls().isPresent()))));
        return report.toString();
    }

    private static String cluster(NodeSettings settings, String address) {
        String roles = settings.roles().stream()
                .map(role -> role.name().toLowerCase(Locale.ROOT))
                .sorted()
                .collect(Collectors.joining(", "));
        return "cluster   %s: %s\n".formatted(address, roles);
    }

    private static String model(NodeSettings settings) {
        ModelConfig model = ModelConfig.read(settings.model().directory());
        return "model     %s: %s, %s parameters, from %s\n"
                .formatted(
                        settings.model().name(),
                        model.architecture().className(),
                        CheckpointSummary.count(model.parameters()).replaceAll(" \\(.*", ""),
                        settings.model().directory());
    }

    private static String worker(WorkerCard worker) {
        long tokens = (long) worker.kvBlocks() * worker.kvShape().blockTokens();
        long bytes = worker.kvBlocks() * worker.kvShape().bytesPerBlock();
        int full = worker.kvBlocks() / KvCost.blocks(worker.kvShape(), worker.maxModelLength());
        return """
                device    %s
                KV cache  %s: %,d blocks of %d tokens, %,d tokens, %,d bytes a token
                context   up to %,d tokens a request; %,d of full length at a time
                """.formatted(
                        worker.device(),
                        ByteSize.format(bytes),
                        worker.kvBlocks(),
                        worker.kvShape().blockTokens(),
                        tokens,
                        worker.kvShape().bytesPerToken(),
                        worker.maxModelLength(),
                        full);
    }

    private static String access(SecuritySettings security, InetSocketAddress gateway) {
        if (asksForKeys(security)) {
            return "access    with an API key\n";
        }
        return gateway.getAddress() != null && gateway.getAddress().isLoopbackAddress()
                ? "access    from this machine only, without a key: none is configured (--keys FILE or VIDDA_API_KEYS)\n"
                : "access    FOR EVERYBODY WHO REACHES IT: no API key is configured (--insecure)\n";
    }

    private static boolean asksForKeys(SecuritySettings security) {
        return security.keysFile().isPresent()
                || !security.apiKeys().isEmpty()
                || !security.adminKeys().isEmpty();
    }

    private static String example(NodeSettings settings, String url) {
        return """
                  curl -N %s/v1/chat/completions -H 'Content-Type: application/json' %s\\
                    -d '{"model": "%s", "stream": true, "messages": [{"role": "user", "content": "Solve 3x + 5 = 20."}]}'

                """.formatted(
                        url,
                        asksForKeys(settings.gateway().security()) ? "-H 'Authorization: Bearer KEY' " : "",
                        settings.models().keySet().stream().sorted().findFirst().orElseThrow());
    }

    /** The address as a URL that works on this machine. */
    static String url(InetSocketAddress address, boolean tls) {
        InetAddress ip = address.getAddress();
        String host;
        if (ip == null) {
            host = address.getHostString();
        } else if (ip.isAnyLocalAddress() || ip.isLoopbackAddress()) {
            host = "localhost";
        } else {
            host = ip.getHostAddress().contains(":") ? "[" + ip.getHostAddress() + "]" : ip.getHostAddress();
        }
        return (tls ? "https://" : "http://") + host + ":" + address.getPort();
    }

    private static String sinceStart() {
        return ProcessHandle.current()
                .info()
                .startInstant()
                .map(start -> Duration.between(start, Instant.now()).toMillis() / 1000.0)
                .map(seconds -> String.format(Locale.ROOT, " after %.1f s", seconds))
                .orElse("");
    }
}
