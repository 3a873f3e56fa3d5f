package dev.vidda.node;

import dev.vidda.gateway.http.GatewayServer;
import dev.vidda.protocol.WorkerCard;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Which parts of a node serve, and whether that is all of them. */
final class Readiness {
    private final NodeSettings settings;
    private final Set<String> missingTexts = new HashSet<>();
    private Optional<GatewayServer> gateway = Optional.empty();
    private Optional<WorkerCard> worker = Optional.empty();
    private Optional<String> clusterAddress = Optional.empty();

    Readiness(NodeSettings settings) {
        this.settings = settings;
        if (settings.roles().contains(Role.GATEWAY)) {
            missingTexts.addAll(settings.models().keySet());
        }
    }

    void gatewayBound(GatewayServer server) {
        gateway = Optional.of(server);
    }

    Optional<GatewayServer> gateway() {
        return gateway;
    }

    void textServed(String model) {
        missingTexts.remove(model);
    }

    void workerLoaded(WorkerCard card) {
        worker = Optional.of(card);
    }

    void joined(String address) {
        clusterAddress = Optional.of(address);
    }

    /** Whether all parts are there. */
    boolean isComplete() {
        return missingTexts.isEmpty()
                && settings.roles().contains(Role.GATEWAY) == gateway.isPresent()
                && settings.roles().contains(Role.WORKER) == worker.isPresent()
                && settings.cluster().enabled() == clusterAddress.isPresent();
    }

    /** Whether its gateway can serve its own worker's model, if it has both: it learns of it a moment later than we. */
    boolean isServing() {
        return gateway.isEmpty() || worker.isEmpty() || gateway.get().isServing();
    }

    NodeReady state() {
        return new NodeReady(gateway.map(GatewayServer::address), worker, clusterAddress);
    }
}
