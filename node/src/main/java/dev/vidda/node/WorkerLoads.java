package dev.vidda.node;

import dev.vidda.gateway.http.GatewayServer;
import dev.vidda.worker.WorkerEvent;
import java.util.HashMap;
import java.util.Map;

/** How far the weights of all workers of a node are loaded. */
final class WorkerLoads {
    private final Map<String, WorkerEvent.Loading> loads = new HashMap<>();

    void put(String workerId, WorkerEvent.Loading loading) {
        loads.put(workerId, loading);
    }

    /** Tells a gateway, if anything is being loaded. */
    void tell(GatewayServer gateway) {
        if (!loads.isEmpty()) {
            gateway.loading(loadedBytes(), totalBytes());
        }
    }

    long loadedBytes() {
        return loads.values().stream()
                .mapToLong(WorkerEvent.Loading::loadedBytes)
                .sum();
    }

    long totalBytes() {
        return loads.values().stream()
                .mapToLong(WorkerEvent.Loading::totalBytes)
                .sum();
    }
}
