package dev.vidda.gateway.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vidda.protocol.AdmissionCounts;
import dev.vidda.protocol.BlockCounts;
import dev.vidda.protocol.Capacity;
import dev.vidda.protocol.Capacity.ModelQueue;
import dev.vidda.protocol.Capacity.WorkerCapacity;
import dev.vidda.protocol.DeviceHealth;
import dev.vidda.protocol.MemoryUse;
import dev.vidda.protocol.WorkerCard;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The answer of {@code GET /admin/capacity}. */
public final class CapacityJson {
    private CapacityJson() {}

    /**
     * All of it: {@code total}, {@code workers} in order of their ids, {@code queues}, {@code decisions}.
     *
     * @param snapshot a capacity and the rates that go with it
     */
    public static ObjectNode of(ClusterView.Snapshot snapshot) {
        Capacity capacity = snapshot.capacity();
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.set("total", total(snapshot));
        ArrayNode workers = root.putArray("workers");
        capacity.workers().stream()
                .sorted(Comparator.comparing(worker -> worker.card().workerId()))
                .forEach(worker -> workers.add(
                        worker(worker, snapshot.ratesOf(worker.card().workerId()))));
        ArrayNode queues = root.putArray("queues");
        capacity.queues().forEach(queue -> queues.add(queue(queue)));
        root.set("decisions", decisions(capacity.counts()));
        return root;
    }

    private static ObjectNode total(ClusterView.Snapshot snapshot) {
        List<WorkerCapacity> workers = snapshot.capacity().workers();
        ObjectNode total = JsonNodeFactory.instance.objectNode();
        total.put("workers", workers.size());
        total.set(
                "memory",
                memory(new MemoryUse(
                        workers.stream()
                                .mapToLong(w -> w.card().memory().total())
                                .sum(),
                        workers.stream()
                                .mapToLong(w -> w.card().memory().driver())
                                .sum(),
                        workers.stream()
                                .mapToLong(w -> w.card().memory().weights())
                                .sum(),
                        workers.stream()
                                .mapToLong(w -> w.card().memory().workspace())
                                .sum(),
                        workers.stream().mapToLong(w -> w.card().memory().kv()).sum())));
        ObjectNode blocks = total.putObject("blocks");
        blocks.put("total", workers.stream().mapToLong(w -> w.card().kvBlocks()).sum());
        blocks.put(
                "used",
                workers.stream().mapToLong(w -> w.report().blocks().used()).sum());
        blocks.put(
                "evictable",
                workers.stream().mapToLong(w -> w.report().blocks().cached()).sum());
        blocks.put(
                "committed",
                workers.stream().mapToLong(WorkerCapacity::committedBlocks).sum());
        blocks.put(
                "swapped",
                workers.stream().mapToLong(w -> w.report().blocks().swapped()).sum());
        total.put(
                "running",
                workers.stream().mapToInt(w -> w.report().sequences().running()).sum());
        total.put(
                "waiting",
                snapshot.capacity().queues().stream()
                        .mapToInt(ModelQueue::requests)
                        .sum());
        total.put("leases", workers.stream().mapToInt(WorkerCapacity::leases).sum());
        total.put(
                "tokensPerSecond",
                rounded(workers.stream()
                        .mapToDouble(w -> snapshot.ratesOf(w.card().workerId()).generatedPerSecond())
                        .sum()));
        total.put(
                "longestContext",
                workers.stream().mapToLong(WorkerCapacity::longestContext).max().orElse(0));
        return total;
    }

    private static ObjectNode worker(WorkerCapacity worker, WorkerRates rates) {
        WorkerCard card = worker.card();
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("id", card.workerId());
        node.put("model", card.model());
        node.put("device", card.device());
        node.put("state", worker.report().state().name().toLowerCase(Locale.ROOT));
        node.put("version", card.version());
        node.put("readyAt", card.readyAtEpochSeconds());
        node.put("reportAgeMillis", worker.reportAgeMillis());
        node.put("step", worker.report().step());
        node.put("stepStillMillis", rates.stillMillis());
        node.set("memory", memory(card.memory()));
        node.set("blocks", blocks(worker));
        node.put("running", worker.report().sequences().running());
        node.put("waiting", worker.report().sequences().waiting());
        node.put("leases", worker.leases());
        node.put("maxSequences", card.maxSequences());
        node.put("preemptions", worker.report().sequences().preemptions());
        ObjectNode tokens = node.putObject("tokens");
        tokens.put("computed", worker.report().tokens().computed());
        tokens.put("cached", worker.report().tokens().cached());
        tokens.put("generated", worker.report().tokens().generated());
        node.put("tokensPerSecond", rounded(rates.generatedPerSecond()));
        node.put("computedTokensPerSecond", rounded(rates.computedPerSecond()));
        node.put("stepMillis", rounded(rates.stepMillis()));
        node.put("maxModelLength", card.maxModelLength());
        node.put("longestContext", worker.longestContext());
        worker.report()
                .health()
                .ifPresentOrElse(health -> node.set("health", health(health)), () -> node.putNull("health"));
        return node;
    }

    private static ObjectNode blocks(WorkerCapacity worker) {
        BlockCounts counts = worker.report().blocks();
        return JsonNodeFactory.instance
                .objectNode()
                .put("total", worker.card().kvBlocks())
                .put("tokensEach", worker.card().kvShape().blockTokens())
                .put("bytesEach", worker.card().kvShape().bytesPerBlock())
                .put("used", counts.used())
                .put("evictable", counts.cached())
                .put("free", worker.card().kvBlocks() - counts.used() - counts.cached())
                .put("committed", worker.committedBlocks())
                .put("mostNeeded", worker.mostBlocks())
                .put("swapped", counts.swapped());
    }

    private static ObjectNode memory(MemoryUse memory) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("total", memory.total())
                .put("driver", memory.driver())
                .put("weights", memory.weights())
                .put("workspace", memory.workspace())
                .put("kv", memory.kv());
    }

    private static ObjectNode health(DeviceHealth health) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("temperatureCelsius", health.temperatureCelsius())
                .put("powerWatts", health.powerWatts())
                .put("clockMhz", health.clockMhz())
                .put("utilizationPercent", health.utilizationPercent())
                .put("memoryUsed", health.memoryUsedBytes())
                .put("memoryTotal", health.memoryTotalBytes())
                .put("throttled", health.throttled());
    }

    private static ObjectNode queue(ModelQueue queue) {
        ObjectNode node = JsonNodeFactory.instance
                .objectNode()
                .put("model", queue.model())
                .put("requests", queue.requests())
                .put("blocks", queue.blocks())
                .put("estimatedWaitMillis", queue.estimatedWaitMillis());
        ArrayNode tenants = node.putArray("tenants");
        queue.tenants()
                .forEach(share -> tenants.addObject()
                        .put("tenant", share.tenant())
                        .put("weight", share.weight())
                        .put("waiting", share.waiting())
                        .put("servedTokens", share.servedTokens()));
        return node;
    }

    private static ObjectNode decisions(AdmissionCounts counts) {
        ObjectNode node = JsonNodeFactory.instance
                .objectNode()
                .put("admitted", counts.admitted())
                .put("admittedAtOnce", counts.admittedAtOnce());
        ObjectNode refused = node.putObject("refused");
        counts.refused().forEach((reason, count) -> refused.put(reason.name().toLowerCase(Locale.ROOT), count));
        return node.put("passes", counts.passes())
                .put("expiredLeases", counts.expiredLeases())
                .put("preemptions", counts.preemptions())
                .put("endedAnswers", counts.endedAnswers())
                .put("expectedTokens", counts.expectedTokens())
                .put("generatedTokens", counts.generatedTokens());
    }

    private static double rounded(double value) {
        return Math.round(value * 100) / 100.0;
    }
}
