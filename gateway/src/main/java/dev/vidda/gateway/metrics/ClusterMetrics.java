package dev.vidda.gateway.metrics;

import dev.vidda.gateway.admin.ClusterView;
import dev.vidda.gateway.admin.WorkerRates;
import dev.vidda.protocol.AdmissionCounts;
import dev.vidda.protocol.Capacity;
import dev.vidda.protocol.Capacity.ModelQueue;
import dev.vidda.protocol.Capacity.WorkerCapacity;
import dev.vidda.protocol.DeviceHealth;
import dev.vidda.protocol.StepSample;
import dev.vidda.protocol.TokenCounts;
import dev.vidda.protocol.WorkerCard;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Shows what the workers last reported, one series for each; the label {@code engine} is the worker's id. */
public final class ClusterMetrics {
    private static final double MILLIS = 1e3;

    /** What the library takes a gauge's or a counter's values by. */
    private interface Series {
        void show(double value, String... labels);
    }

    private final PrometheusRegistry registry;
    private final ClusterView view;

    private ClusterMetrics(PrometheusRegistry registry, ClusterView view) {
        this.registry = registry;
        this.view = view;
    }

    /** Registers the metrics; they are computed when they are read. */
    public static void register(PrometheusRegistry registry, ClusterView view) {
        ClusterMetrics metrics = new ClusterMetrics(registry, view);
        metrics.vllm();
        metrics.workers();
        metrics.queues();
        metrics.decisions();
        metrics.health();
    }

    private void vllm() {
        gauge(
                "vllm:num_requests_running",
                "Sequences that hold KV blocks.",
                w -> w.report().sequences().running());
        gauge("vllm:kv_cache_usage_perc", "Share of the KV blocks in use, 0 to 1.", ClusterMetrics::usedShare);
        gauge("vllm:gpu_cache_usage_perc", "The former name of kv_cache_usage_perc.", ClusterMetrics::usedShare);
        counter(
                "vllm:num_preemptions",
                "Times a sequence gave up its blocks.",
                w -> w.report().sequences().preemptions());
        counter(
                "vllm:prefix_cache_queries",
                "Prompt tokens looked up in the prefix cache.",
                w -> promptTokens(w.report().tokens()));
        counter(
                "vllm:prefix_cache_hits",
                "Prompt tokens found in the prefix cache.",
                w -> w.report().tokens().cached());
        GaugeWithCallback.builder()
                .name("vllm:cache_config_info")
                .help("The KV cache's layout, in labels.")
                .labelNames("model_name", "engine", "block_size", "num_gpu_blocks")
                .callback(series -> capacity()
                        .workers()
                        .forEach(w -> series.call(
                                1,
                                w.card().model(),
                                w.card().workerId(),
                                Integer.toString(w.card().kvShape().blockTokens()),
                                Integer.toString(w.card().kvBlocks()))))
                .register(registry);
    }

    private void workers() {
        gauge("vidda_worker_up", "1 while the worker serves, 0 while it drains.", w -> switch (w.report()
                .state()) {
            case SERVING -> 1;
            case DRAINING, DRAINED -> 0;
        });
        gauge(
                "vidda_worker_report_age_seconds",
                "Time since the worker's last report.",
                w -> w.reportAgeMillis() / MILLIS);
        counter(
                "vidda_worker_steps",
                "Steps since the worker's start.",
                w -> w.report().step());
        gauge(
                "vidda_worker_step_seconds",
                "Time of a step, mean of the last report.",
                w -> rates(w).stepMillis() / MILLIS);
        gauge(
                "vidda_worker_step_tokens",
                "Tokens of a step, mean of the last report.",
                w -> w.report().samples().stream()
                        .mapToInt(ClusterMetrics::tokens)
                        .average()
                        .orElse(0));
        gauge(
                "vidda_worker_still_seconds",
                "Time since the step counter last moved.",
                w -> rates(w).stillMillis() / MILLIS);
        gauge(
                "vidda_worker_waiting_sequences",
                "Sequences at the worker that hold no blocks.",
                w -> w.report().sequences().waiting());
        counter(
                "vidda_worker_computed_tokens",
                "Tokens computed, those of preempted sequences again.",
                w -> w.report().tokens().computed());
        counter(
                "vidda_worker_generated_tokens",
                "Tokens drawn.",
                w -> w.report().tokens().generated());
        gauge("vidda_kv_blocks", "KV blocks of the pool.", w -> w.card().kvBlocks());
        gauge(
                "vidda_kv_blocks_used",
                "KV blocks that running sequences hold.",
                w -> w.report().blocks().used());
        gauge(
                "vidda_kv_blocks_evictable",
                "KV blocks that hold reusable prefixes only.",
                w -> w.report().blocks().cached());
        gauge("vidda_kv_blocks_committed", "KV blocks promised to requests.", WorkerCapacity::committedBlocks);
        gauge("vidda_kv_blocks_most_needed", "KV blocks those requests can come to need.", WorkerCapacity::mostBlocks);
        gauge(
                "vidda_kv_blocks_swapped",
                "KV blocks in the host's memory.",
                w -> w.report().blocks().swapped());
        gauge("vidda_leases", "Requests that hold a promise of blocks.", WorkerCapacity::leases);
        gauge("vidda_longest_context_tokens", "The longest request admissible now.", WorkerCapacity::longestContext);
        gauge(
                "vidda_memory_weights_bytes",
                "Memory of the weights.",
                w -> w.card().memory().weights());
        gauge(
                "vidda_memory_workspace_bytes",
                "Memory of the workspace.",
                w -> w.card().memory().workspace());
        gauge(
                "vidda_memory_kv_bytes",
                "Memory of the KV pool.",
                w -> w.card().memory().kv());
    }

    private void queues() {
        GaugeWithCallback.builder()
                .name("vllm:num_requests_waiting")
                .help("Requests that wait for room.")
                .labelNames("model_name", "engine")
                .callback(series ->
                        capacity().queues().forEach(queue -> series.call(queue.requests(), queue.model(), "0")))
                .register(registry);
        queue("vidda_queue_blocks", "KV blocks that the waiting requests need.", ModelQueue::blocks);
        queue(
                "vidda_queue_estimated_wait_seconds",
                "Time until a request that came now would be admitted; -1 when unknown.",
                queue -> queue.estimatedWaitMillis() < 0 ? -1 : queue.estimatedWaitMillis() / MILLIS);
    }

    private void decisions() {
        total("vidda_admitted_requests", "Requests that got a lease.", AdmissionCounts::admitted);
        total("vidda_admitted_at_once_requests", "Those of them that never waited.", AdmissionCounts::admittedAtOnce);
        total("vidda_queue_passes", "Times a waiting request was passed by a smaller one.", AdmissionCounts::passes);
        total("vidda_expired_leases", "Leases that no worker began to serve.", AdmissionCounts::expiredLeases);
        total("vidda_preemptions", "Times a running sequence lost its blocks.", AdmissionCounts::preemptions);
        total("vidda_ended_answers", "Answers whose length is known.", AdmissionCounts::endedAnswers);
        total(
                "vidda_expected_output_tokens",
                "Output that was expected of those answers.",
                AdmissionCounts::expectedTokens);
        total("vidda_real_output_tokens", "Output that they really had.", AdmissionCounts::generatedTokens);
        CounterWithCallback.builder()
                .name("vidda_refusals")
                .help("Requests that the scheduler did not admit, by reason.")
                .labelNames("reason")
                .callback(series -> capacity()
                        .counts()
                        .refused()
                        .forEach((reason, count) ->
                                series.call(count, reason.name().toLowerCase(Locale.ROOT))))
                .register(registry);
    }

    private void health() {
        sensor("vidda_gpu_temperature_celsius", "The chip's temperature.", DeviceHealth::temperatureCelsius);
        sensor("vidda_gpu_power_watts", "Power drawn.", DeviceHealth::powerWatts);
        sensor(
                "vidda_gpu_utilization_percent",
                "Share of the last moment spent computing.",
                DeviceHealth::utilizationPercent);
        sensor("vidda_gpu_memory_used_bytes", "Memory used by all processes.", DeviceHealth::memoryUsedBytes);
        sensor("vidda_gpu_throttled", "1 while heat or power hold the clocks down.", h -> h.throttled() ? 1 : 0);
    }

    private WorkerRates rates(WorkerCapacity worker) {
        return view.get().ratesOf(worker.card().workerId());
    }

    private static double usedShare(WorkerCapacity worker) {
        return (double) worker.report().blocks().used() / worker.card().kvBlocks();
    }

    private static long promptTokens(TokenCounts tokens) {
        return tokens.cached() + Math.max(0, tokens.computed() - tokens.generated());
    }

    private static int tokens(StepSample sample) {
        return sample.prefillTokens() + sample.decodeSequences();
    }

    private Capacity capacity() {
        return view.get().capacity();
    }

    private void gauge(String name, String help, ToDoubleFunction<WorkerCapacity> value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames("model_name", "engine")
                .callback(series -> show(value, series::call))
                .register(registry);
    }

    private void counter(String name, String help, ToDoubleFunction<WorkerCapacity> value) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames("model_name", "engine")
                .callback(series -> show(value, series::call))
                .register(registry);
    }

    private void show(ToDoubleFunction<WorkerCapacity> value, Series series) {
        for (WorkerCapacity worker : capacity().workers()) {
            WorkerCard card = worker.card();
            series.show(value.applyAsDouble(worker), card.model(), card.workerId());
        }
    }

    private void queue(String name, String help, ToDoubleFunction<ModelQueue> value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames("model_name")
                .callback(series ->
                        capacity().queues().forEach(queue -> series.call(value.applyAsDouble(queue), queue.model())))
                .register(registry);
    }

    private void total(String name, String help, ToDoubleFunction<AdmissionCounts> value) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .callback(series -> series.call(value.applyAsDouble(capacity().counts())))
                .register(registry);
    }

    private void sensor(String name, String help, ToDoubleFunction<DeviceHealth> value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames("engine")
                .callback(series -> capacity()
                        .workers()
                        .forEach(worker -> worker.report()
                                .health()
                                .ifPresent(health -> series.call(
                                        value.applyAsDouble(health),
                                        worker.card().workerId()))))
                .register(registry);
    }
}
