package dev.vidda.node;

import dev.vidda.protocol.WorkerCard;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * A node serves.
 *
 * @param gateway where its gateway listens, if it has one
 * @param worker what its worker has to offer, if it has one
 * @param clusterAddress where other nodes reach it, if it may have any
 */
public record NodeReady(
        Optional<InetSocketAddress> gateway, Optional<WorkerCard> worker, Optional<String> clusterAddress) {
    /**
     * Where the gateway listens.
     *
     * @throws IllegalStateException if the node has none
     */
    public InetSocketAddress address() {
        return gateway.orElseThrow(() -> new IllegalStateException("this node has no gateway"));
    }
}
