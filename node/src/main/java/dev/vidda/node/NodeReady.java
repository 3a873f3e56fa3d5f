package dev.vidda.node;

import dev.vidda.protocol.WorkerCard;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * A node serves.
 *
 * @param gateway where its gateway listens, if it has one
 * @param workers what each of its workers has to offer
 * @param clusterAddress where other nodes reach it, if it may have any
 */
public record NodeReady(
        Optional<InetSocketAddress> gateway, List<WorkerCard> workers, Optional<String> clusterAddress) {
    public NodeReady {
        workers = List.copyOf(workers);
    }

    /**
     * Where the gateway listens.
     *
     * @throws IllegalStateException if the node has none
     */
    public InetSocketAddress address() {
        return gateway.orElseThrow(() -> new IllegalStateException("this node has no gateway"));
    }
}
