package dev.vidda.node.cli;

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

/** What a server says when it is ready. */
final class StartReport {
    private StartReport() {}

    static String of(NodeSettings settings, NodeReady ready) {
        WorkerCard worker = ready.worker();
        ModelConfig model = ModelConfig.read(settings.model().directory());
        String url = url(ready.address());
        long tokens = (long) worker.kvBlocks() * worker.kvShape().blockTokens();
        long bytes = worker.kvBlocks() * worker.kvShape().bytesPerBlock();
        int full = worker.kvBlocks() / KvCost.blocks(worker.kvShape(), worker.maxModelLength());
        return """
                Vidda %s
                model     %s: %s, %s parameters, from %s
                device    %s
                KV cache  %s: %,d blocks of %d tokens, %,d tokens, %,d bytes a token
                context   up to %,d tokens a request; %,d of full length at a time
                ready     %s%s

                  curl -N %s/v1/chat/completions -H 'Content-Type: application/json' \\
                    -d '{"model": "%s", "stream": true, "messages": [{"role": "user", "content": "Solve 3x + 5 = 20."}]}'

                """.formatted(
                        Version.current(),
                        worker.model(),
                        model.architecture().className(),
                        CheckpointSummary.count(model.parameters()).replaceAll(" \\(.*", ""),
                        settings.model().directory(),
                        worker.device(),
                        ByteSize.format(bytes),
                        worker.kvBlocks(),
                        worker.kvShape().blockTokens(),
                        tokens,
                        worker.kvShape().bytesPerToken(),
                        worker.maxModelLength(),
                        full,
                        url,
                        sinceStart(),
                        url,
                        worker.model());
    }

    /** The address as a URL that works on this machine. */
    static String url(InetSocketAddress address) {
        InetAddress ip = address.getAddress();
        String host;
        if (ip == null) {
            host = address.getHostString();
        } else if (ip.isAnyLocalAddress() || ip.isLoopbackAddress()) {
            host = "localhost";
        } else {
            host = ip.getHostAddress().contains(":") ? "[" + ip.getHostAddress() + "]" : ip.getHostAddress();
        }
        return "http://" + host + ":" + address.getPort();
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
