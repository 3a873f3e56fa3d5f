package dev.vidda.gateway.metrics;

import dev.vidda.gateway.openai.ApiError;
import dev.vidda.gateway.security.Permit;
import dev.vidda.gateway.stream.Generation;
import dev.vidda.gateway.stream.RequestObserver;
import dev.vidda.protocol.AdmissionRequest;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** Counts this gateway's requests. Thread-safe. */
public final class RequestMetrics {
    private static final String MODEL = "model_name";
    private static final String ENGINE = "engine";
    /** Models come from the configuration; should there be very many, the rest share a label. */
    private static final int MOST_MODELS = 100;

    private static final Set<String> CODES = Set.of(
            "rate_limit_exceeded",
            "queue_full",
            "deadline_exceeded",
            "no_capacity",
            "no_scheduler",
            "loading",
            "shutting_down",
            "context_length_exceeded",
            "model_not_found",
            "tenant_limit_exceeded",
            "invalid_api_key",
            "forbidden",
            "engine_failure",
            "worker_lost",
            "tokens_lost",
            "cancelled",
            "internal");

    private final PrometheusRegistry registry;
    private final LongSupplier nanoClock;
    private final Map<String, Series> models = new ConcurrentHashMap<>();
    private final Counter responses;
    private final Counter refusals;
    private final Counter failures;
    private final Families families;

    /** The families that have a series for each model. */
    private record Families(
            Counter promptTokens,
            Counter generationTokens,
            Counter cachedTokens,
            Counter success,
            Counter abandoned,
            Histogram ttft,
            Histogram interToken,
            Histogram perOutputToken,
            Histogram endToEnd,
            Histogram queue,
            Histogram prefill,
            Histogram decode,
            Histogram inference,
            Histogram prompt,
            Histogram generation,
            Histogram maxTokens,
            Histogram samples) {}

    /** @param nanoClock a monotonic clock in nanoseconds */
    public RequestMetrics(PrometheusRegistry registry, LongSupplier nanoClock) {
        this.registry = registry;
        this.nanoClock = nanoClock;
        this.responses = Counter.builder()
                .name("vidda_http_responses")
                .help("HTTP responses by status.")
                .labelNames("status")
                .register(registry);
        this.refusals = Counter.builder()
                .name("vidda_refused_requests")
                .help("Requests that were answered with an error before they ran, by its code.")
                .labelNames("reason")
                .register(registry);
        this.failures = Counter.builder()
                .name("vidda_failed_streams")
                .help("Requests that ended with an error after they were submitted, by its code.")
                .labelNames("reason")
                .register(registry);
        this.families = families();
    }

    /** Counts a response. */
    public void response(int status) {
        responses.labelValues(Integer.toString(status)).inc();
    }

    /** Counts a request that was answered with an error. */
    public void refused(ApiError error) {
        refusals.labelValues(reason(error)).inc();
    }

    /** Watches a request that was submitted. */
    public RequestObserver observe(Permit permit, List<Generation.Part> parts) {
        AdmissionRequest first = parts.getFirst().admission();
        Series series = series(first.model());
        for (Generation.Part part : parts) {
            series.promptTokens.inc(part.admission().promptTokens());
            series.prompt.observe(part.admission().promptTokens());
            series.maxTokens.observe(part.admission().maxNewTokens());
            series.samples.observe(part.admission().samples());
        }
        return new MeteredRequest(series, permit, parts, nanoClock);
    }

    /** Counts an error after submission. */
    private void failed(ApiError error) {
        failures.labelValues(reason(error)).inc();
    }

    private static String reason(ApiError error) {
        String code = error.code();
        return code != null && CODES.contains(code) ? code : "http_" + error.status();
    }

    private Series series(String model) {
        Series known = models.get(model);
        if (known != null) {
            return known;
        }
        return models.computeIfAbsent(models.size() < MOST_MODELS ? model : "other", Series::new);
    }

    /** The series of one model. */
    final class Series {
        final CounterDataPoint promptTokens;
        final CounterDataPoint generationTokens;
        final CounterDataPoint cachedTokens;
        final CounterDataPoint abandoned;
        final DistributionDataPoint ttft;
        final DistributionDataPoint interToken;
        final DistributionDataPoint perOutputToken;
        final DistributionDataPoint endToEnd;
        final DistributionDataPoint queue;
        final DistributionDataPoint prefill;
        final DistributionDataPoint decode;
        final DistributionDataPoint inference;
        final DistributionDataPoint prompt;
        final DistributionDataPoint generation;
        final DistributionDataPoint maxTokens;
        final DistributionDataPoint samples;
        private final String model;

        private Series(String model) {
            this.model = model;
            this.promptTokens = families.promptTokens.labelValues(model, "0");
            this.generationTokens = families.generationTokens.labelValues(model, "0");
            this.cachedTokens = families.cachedTokens.labelValues(model, "0");
            this.abandoned = families.abandoned.labelValues(model, "0");
            this.ttft = families.ttft.labelValues(model, "0");
            this.interToken = families.interToken.labelValues(model, "0");
            this.perOutputToken = families.perOutputToken.labelValues(model, "0");
            this.endToEnd = families.endToEnd.labelValues(model, "0");
            this.queue = families.queue.labelValues(model, "0");
            this.prefill = families.prefill.labelValues(model, "0");
            this.decode = families.decode.labelValues(model, "0");
            this.inference = families.inference.labelValues(model, "0");
            this.prompt = families.prompt.labelValues(model, "0");
            this.generation = families.generation.labelValues(model, "0");
            this.maxTokens = families.maxTokens.labelValues(model, "0");
            this.samples = families.samples.labelValues(model, "0");
        }

        void succeeded(String reason) {
            families.success.labelValues(model, "0", reason).inc();
        }

        void failed(ApiError error) {
            RequestMetrics.this.failed(error);
        }
    }

    private Families families() {
        return new Families(
                counter("vllm:prompt_tokens", "Prompt tokens of submitted requests."),
                counter("vllm:generation_tokens", "Generated tokens."),
                counter("vidda_cached_prompt_tokens", "Prompt tokens that were found in the prefix cache."),
                Counter.builder()
                        .name("vllm:request_success")
                        .help("Sequences that ended, by why.")
                        .labelNames(MODEL, ENGINE, "finished_reason")
                        .register(registry),
                counter("vidda_abandoned_requests", "Requests whose client left before their end."),
                histogram("vllm:time_to_first_token_seconds", "From arrival to the first token.", Buckets.TTFT),
                histogram("vllm:inter_token_latency_seconds", "Between two tokens of a sequence.", Buckets.TOKEN),
                histogram(
                        "vllm:time_per_output_token_seconds",
                        "Mean time of a sequence's tokens after the first.",
                        Buckets.TOKEN),
                histogram("vllm:e2e_request_latency_seconds", "From arrival to the last token.", Buckets.REQUEST),
                histogram("vllm:request_queue_time_seconds", "From arrival to admission.", Buckets.REQUEST),
                histogram("vllm:request_prefill_time_seconds", "From admission to the first token.", Buckets.REQUEST),
                histogram("vllm:request_decode_time_seconds", "From the first to the last token.", Buckets.REQUEST),
                histogram("vllm:request_inference_time_seconds", "From admission to the last token.", Buckets.REQUEST),
                histogram("vllm:request_prompt_tokens", "Prompt tokens of a request.", Buckets.TOKENS),
                histogram("vllm:request_generation_tokens", "Generated tokens of a sequence.", Buckets.TOKENS),
                histogram("vllm:request_params_max_tokens", "The most tokens asked for.", Buckets.TOKENS),
                histogram("vllm:request_params_n", "Samples asked for.", Buckets.SAMPLES));
    }

    private Counter counter(String name, String help) {
        return Counter.builder().name(name).help(help).labelNames(MODEL, ENGINE).register(registry);
    }

    private Histogram histogram(String name, String help, double[] bounds) {
        return Histogram.builder()
                .name(name)
                .help(help)
                .classicOnly()
                .classicUpperBounds(bounds)
                .labelNames(MODEL, ENGINE)
                .register(registry);
    }
}
