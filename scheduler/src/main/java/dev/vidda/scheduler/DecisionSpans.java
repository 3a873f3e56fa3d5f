package dev.vidda.scheduler;

import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.Refusal;
import dev.vidda.protocol.trace.SpanKeys;
import dev.vidda.protocol.trace.Tracing;
import dev.vidda.scheduler.admission.Decision;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The scheduler's part of a request's trace: {@code schedule}, from the question to the decision. Requests that no trace is
 * recorded of cost nothing here.
 */
final class DecisionSpans {
    private final Tracing tracing;
    private final Map<String, Span> open = new HashMap<>();

    DecisionSpans(Tracing tracing) {
        this.tracing = tracing;
    }

    /** One that is asked for again while it waits goes on waiting. */
    void asked(AdmissionRequest request) {
        if (request.trace().isPresent() && !open.containsKey(request.id())) {
            Span span = tracing.span("schedule", request.trace().get()).startSpan();
            span.setAttribute(SpanKeys.INPUT_TOKENS, (long) request.promptTokens());
            open.put(request.id(), span);
        }
    }

    void decided(Decision decision) {
        if (open.isEmpty()) {
            return;
        }
        switch (decision) {
            case Decision.Granted granted -> granted(granted);
            case Decision.Waits waits -> {
                Span span = open.get(waits.requestId());
                if (span != null) {
                    span.setAttribute(SpanKeys.POSITION, (long) waits.position());
                }
            }
            case Decision.Refused refused -> refused(refused.requestId(), refused.refusal());
            case Decision.Ended ended -> ended(ended.requestId());
        }
    }

    private void granted(Decision.Granted granted) {
        Span span = open.remove(granted.requestId());
        if (span != null) {
            span.setAttribute(SpanKeys.WORKER, granted.lease().workerId());
            span.setAttribute(SpanKeys.BLOCKS, (long) granted.lease().blocks());
            span.end();
        }
    }

    private void refused(String requestId, Refusal refusal) {
        Span span = open.remove(requestId);
        if (span != null) {
            span.setAttribute(SpanKeys.ERROR_TYPE, refusal.reason().name().toLowerCase(Locale.ROOT));
            span.setStatus(StatusCode.ERROR);
            span.end();
        }
    }

    /** Nobody waits for a decision any more. */
    void ended(String requestId) {
        Span span = open.remove(requestId);
        if (span != null) {
            span.end();
        }
    }
}
