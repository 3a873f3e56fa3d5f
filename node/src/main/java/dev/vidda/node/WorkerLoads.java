package dev.vidda.node;

import dev.vidda.worker.WorkerEvent;
import java.util.HashMap;
import java.util.Map;

/** How far the weights of all workers of a node are loaded. */
final class WorkerLoads {
    private final Map<String, WorkerEvent.Loading> loads = new HashMap<>();

    void put(String workerId, WorkerEvent.Loading loading) {
        loads.put(workerId, loading);
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
