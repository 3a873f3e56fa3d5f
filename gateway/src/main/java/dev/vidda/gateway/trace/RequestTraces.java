package dev.vidda.gateway.trace;

import dev.vidda.gateway.openai.ApiError;
import dev.vidda.gateway.stream.Generation;
import dev.vidda.gateway.stream.RequestObserver;
import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.Sampling;
import dev.vidda.protocol.trace.SpanKeys;
import dev.vidda.protocol.trace.Tracing;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Begins the traces of requests that generate. Thread-safe. */
public final class RequestTraces {
    private static final String PROVIDER = "vidda";

    private final Tracing tracing;

    public RequestTraces(Tracing tracing) {
        this.tracing = tracing;
    }

    /**
     * A request as its client sent it.
     *
     * @param id the one that the response names
     * @param header the value of a header
     * @param arrivedAtMillis since 1970
     */
    public record Call(String id, String path, Function<String, Optional<String>> header, long arrivedAtMillis) {
        private String operation() {
            return path.endsWith("/completions") && !path.contains("/chat/") ? "text_completion" : "chat";
        }
    }

    /**
     * A request whose trace has begun, if it is one of those that are recorded.
     *
     * @param parts what is to be submitted: those that spans on other nodes go under know it
     */
    public record Begun(List<Generation.Part> parts, Optional<RequestObserver> spans) {
        /** {@code observer}, or it and the one that ends the spans. */
        public RequestObserver beside(RequestObserver observer) {
            return spans.<RequestObserver>map(own -> new TwoObservers(observer, own))
                    .orElse(observer);
        }
    }

    /** Begins the trace of a request that is about to be submitted as {@code parts}. */
    public Begun begin(Call call, List<Generation.Part> parts) {
        Span span = request(call, parts).startSpan();
        if (!span.isRecording()) {
            return new Begun(parts, Optional.empty());
        }
        Optional<String> parent = Tracing.parent(span);
        List<Generation.Part> traced = new ArrayList<>();
        List<Span> admissions = new ArrayList<>();
        for (Generation.Part part : parts) {
            Span admission = tracing.span("admission", parent.orElse("")).startSpan();
            admissions.add(admission);
            traced.add(new Generation.Part(
                    part.admission().under(Tracing.parent(admission)),
                    part.generation().under(parent)));
        }
        int sequences =
                parts.stream().mapToInt(part -> part.generation().openSamples()).sum();
        return new Begun(List.copyOf(traced), Optional.of(new RequestSpans(span, admissions, sequences)));
    }

    /** The trace of a request that was refused before there was anything to submit: a single span. */
    public void refused(Call call, ApiError error) {
        Span span = request(call).startSpan();
        if (span.isRecording()) {
            RequestSpans.fail(span, error);
            span.end();
        }
    }

    private SpanBuilder request(Call call) {
        return tracing.span("POST " + call.path(), Tracing.headers(call.header()))
                .setSpanKind(SpanKind.SERVER)
                .setStartTimestamp(Instant.ofEpochMilli(call.arrivedAtMillis()))
                .setAttribute(SpanKeys.METHOD, "POST")
                .setAttribute(SpanKeys.ROUTE, call.path())
                .setAttribute(SpanKeys.REQUEST_ID, call.id())
                .setAttribute(SpanKeys.OPERATION, call.operation())
                .setAttribute(SpanKeys.PROVIDER, PROVIDER);
    }

    private SpanBuilder request(Call call, List<Generation.Part> parts) {
        AdmissionRequest admission = parts.getFirst().admission();
        GenerationRequest generation = parts.getFirst().generation();
        Sampling sampling = generation.sampling();
        long promptTokens = parts.stream()
                .mapToLong(part -> part.admission().promptTokens())
                .sum();
        return request(call)
                .setAttribute(SpanKeys.REQUEST_MODEL, admission.model())
                .setAttribute(SpanKeys.RESPONSE_ID, generation.id())
                .setAttribute(SpanKeys.CHOICES, (long) admission.samples())
                .setAttribute(SpanKeys.MAX_TOKENS, (long) admission.maxNewTokens())
                .setAttribute(SpanKeys.TEMPERATURE, (double) sampling.temperature())
                .setAttribute(SpanKeys.TOP_P, (double) sampling.topP())
                .setAttribute(SpanKeys.INPUT_TOKENS, promptTokens);
    }
}
