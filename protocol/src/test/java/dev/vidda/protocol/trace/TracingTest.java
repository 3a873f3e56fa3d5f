package dev.vidda.protocol.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.TracerProvider;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class TracingTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String SPAN = "00f067aa0ba902b7";
    private static final String PARENT = "00-" + TRACE + "-" + SPAN + "-01";

    private final Tracing off = new Tracing(TracerProvider.noop());

    @Test
    void aSpanIsToldAsItIsRead() {
        Span span = off.span("any", PARENT).startSpan();

        assertThat(span.getSpanContext().getTraceId()).isEqualTo(TRACE);
        assertThat(Tracing.parent(span)).contains(PARENT);
    }

    @Test
    void aSpanThatIsNotRecordedIsNotTold() {
        SpanContext unsampled = SpanContext.create(TRACE, SPAN, TraceFlags.getDefault(), TraceState.getDefault());

        assertThat(Tracing.parent(Span.wrap(unsampled))).isEmpty();
        assertThat(Tracing.parent(Span.getInvalid())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00", "00-" + TRACE, "00-zzzz-" + SPAN + "-01", "ff-" + TRACE + "-" + SPAN + "-01"})
    void whatIsMalformedCountsAsNoParent(String header) {
        assertThat(off.span("any", header).startSpan().getSpanContext().isValid())
                .isFalse();
    }

    @Test
    void theHeadersOfATraceAreTakenTogether() {
        Map<String, String> request = Map.of("traceparent", PARENT, "tracestate", "a=b", "cookie", "c");

        assertThat(Tracing.headers(name -> Optional.ofNullable(request.get(name))))
                .isEqualTo(Map.of("traceparent", PARENT, "tracestate", "a=b"));
        assertThat(Tracing.headers(name -> Optional.empty())).isEmpty();
    }
}
