package dev.vidda.node;

import dev.vidda.gateway.http.GatewayServer;
import dev.vidda.protocol.WorkerCard;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which parts of a node serve, and whether that is all of them. */
final class Readiness {
    private final NodeSettings settings;
    private final Set<String> missingTexts = new HashSet<>();
    private Optional<GatewayServer> gateway = Optional.empty();
    private final Map<String, Optional<WorkerCard>> workers = new LinkedHashMap<>();
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

    /** There is to be a worker of this id. */
    void workerStarts(String workerId) {
        workers.put(workerId, Optional.empty());
    }

    void workerLoaded(WorkerCard card) {
        workers.put(card.workerId(), Optional.of(card));
    }

    /** The worker does not serve any more; returns how many others do. */
    long workerFailed(String workerId) {
        workers.put(workerId, Optional.empty());
        return workers.values().stream().filter(Optional::isPresent).count();
    }

    void joined(String address) {
        clusterAddress = Optional.of(address);
    }

    /** Whether all parts are there. */
    boolean isComplete() {
        return missingTexts.isEmpty()
                && settings.roles().contains(Role.GATEWAY) == gateway.isPresent()
                && workers.values().stream().allMatch(Optional::isPresent)
                && settings.cluster().enabled() == clusterAddress.isPresent();
    }

    /** Whether its gateway can serve its own workers' model, if it has both: it learns of it a moment later than we. */
    boolean isServing() {
        return gateway.isEmpty() || workers.isEmpty() || gateway.get().isServing();
    }

    NodeReady state() {
        List<WorkerCard> cards =
                workers.values().stream().flatMap(Optional::stream).toList();
        return new NodeReady(gateway.map(GatewayServer::address), cards, clusterAddress);
    }
}
