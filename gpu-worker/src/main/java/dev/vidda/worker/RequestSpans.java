package dev.vidda.worker;

import dev.vidda.protocol.Finish;
import dev.vidda.protocol.FinishReason;
import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.TokenDelta;
import dev.vidda.protocol.trace.SpanKeys;
import dev.vidda.protocol.trace.Tracing;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The worker's part of a request's trace: {@code prefill} until the first token of any of its samples, then {@code decode}
 * until all have ended. Requests that no trace is recorded of cost nothing here.
 */
final class RequestSpans {
    private final Tracing tracing;
    private final String workerId;
    private final Map<String, Traced> open = new HashMap<>();

    private static final class Traced {
        private final String parent;
        private Span span;
        private boolean decoding;
        private int samples;
        private long tokens;

        Traced(String parent, Span span, int samples) {
            this.parent = parent;
            this.span = span;
            this.samples = samples;
        }
    }

    RequestSpans(Tracing tracing, String workerId) {
        this.tracing = tracing;
        this.workerId = workerId;
    }

    void started(GenerationRequest request) {
        if (request.trace().isPresent()) {
            String parent = request.trace().get();
            Span prefill = span("prefill", parent);
            prefill.setAttribute(SpanKeys.INPUT_TOKENS, (long) request.prompt().size());
            open.put(request.id(), new Traced(parent, prefill, request.openSamples()));
        }
    }

    /** What a step brought. */
    void stepped(List<TokenDelta> deltas) {
        if (open.isEmpty()) {
            return;
        }
        for (TokenDelta delta : deltas) {
            Traced traced = open.get(delta.requestId());
            if (traced != null) {
                accept(traced, delta);
            }
        }
    }

    private void accept(Traced traced, TokenDelta delta) {
        if (!traced.decoding && !delta.tokens().isEmpty()) {
            traced.span.end();
            traced.span = span("decode", traced.parent);
            traced.decoding = true;
        }
        traced.tokens += delta.tokens().size();
        if (delta.finish().isPresent()) {
            finished(traced, delta.finish().get());
            if (--traced.samples == 0) {
                end(delta.requestId());
            }
        }
    }

    private static void finished(Traced traced, Finish finish) {
        traced.span.setAttribute(SpanKeys.CACHED_TOKENS, (long) finish.cachedTokens());
        traced.span.setAttribute(SpanKeys.PREEMPTIONS, (long) finish.preemptions());
        if (finish.reason() == FinishReason.FAILED) {
            traced.span.setStatus(StatusCode.ERROR);
        }
    }

    /** The request ends here, whatever became of it. */
    void end(String requestId) {
        Traced traced = open.remove(requestId);
        if (traced != null) {
            if (traced.decoding) {
                traced.span.setAttribute(SpanKeys.OUTPUT_TOKENS, traced.tokens);
            }
            traced.span.end();
        }
    }

    private Span span(String name, String parent) {
        Span span = tracing.span(name, parent).startSpan();
        span.setAttribute(SpanKeys.WORKER, workerId);
        return span;
    }
}
