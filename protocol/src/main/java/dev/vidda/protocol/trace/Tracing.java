package dev.vidda.protocol.trace;

import akka.actor.setup.Setup;
import akka.actor.typed.ActorSystem;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A node's tracer, which its actor system is set up with. A system without one records nothing. */
public final class Tracing extends Setup {
    /** The header, and the field of messages, that names a span. */
    public static final String TRACE_PARENT = "traceparent";

    private static final String TRACE_STATE = "tracestate";
    private static final String SCOPE = "dev.vidda";
    private static final Tracing OFF = new Tracing(TracerProvider.noop());

    private final Tracer tracer;

    /** @param provider makes the tracer */
    public Tracing(TracerProvider provider) {
        this.tracer = provider.get(SCOPE);
    }

    /** What {@code system} was set up with. */
    public static Tracing of(ActorSystem<?> system) {
        return system.settings().setup().get(Tracing.class).orElse(OFF);
    }

    /** A span under {@code parent}, the value of a header {@code traceparent}; one that is malformed counts as none. */
    public SpanBuilder span(String name, String parent) {
        return span(name, Map.of(TRACE_PARENT, parent));
    }

    /** A span under the one that the headers {@code traceparent} and {@code tracestate} name, if they do. */
    public SpanBuilder span(String name, Map<String, String> headers) {
        Context parent = W3CTraceContextPropagator.getInstance().extract(Context.root(), headers, Headers.GETTER);
        return tracer.spanBuilder(name).setParent(parent);
    }

    /** The headers that {@link #span} reads, from a request's. */
    public static Map<String, String> headers(Function<String, Optional<String>> header) {
        Optional<String> parent = header.apply(TRACE_PARENT);
        if (parent.isEmpty()) {
            return Map.of();
        }
        return header.apply(TRACE_STATE)
                .map(state -> Map.of(TRACE_PARENT, parent.get(), TRACE_STATE, state))
                .orElseGet(() -> Map.of(TRACE_PARENT, parent.get()));
    }

    /** A span as other nodes are told of it; empty for one that is not recorded. */
    public static Optional<String> parent(Span span) {
        SpanContext context = span.getSpanContext();
        return context.isValid() && context.isSampled()
                ? Optional.of("00-" + context.getTraceId() + "-" + context.getSpanId() + "-"
                        + context.getTraceFlags().asHex())
                : Optional.empty();
    }

    private enum Headers implements TextMapGetter<Map<String, String>> {
        GETTER;

        @Override
        public Iterable<String> keys(Map<String, String> headers) {
            return headers.keySet();
        }

        @Override
        public @Nullable String get(@Nullable Map<String, String> headers, String name) {
            return headers == null ? null : headers.get(name);
        }
    }
}
