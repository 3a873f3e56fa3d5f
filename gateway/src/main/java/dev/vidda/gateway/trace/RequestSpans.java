package dev.vidda.gateway.trace;

import dev.vidda.gateway.openai.ApiError;
import dev.vidda.gateway.stream.RequestObserver;
import dev.vidda.protocol.Finish;
import dev.vidda.protocol.FinishReason;
import dev.vidda.protocol.TokenDelta;
import dev.vidda.protocol.trace.SpanKeys;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;

/** Ends the spans of one request as it goes on. */
final class RequestSpans implements RequestObserver {
    private final Span request;
    /** One for each part. */
    private final List<Span> admissions;

    private final AtomicBoolean over = new AtomicBoolean();
    private final List<String> reasons = new ArrayList<>();
    private int open;
    private long tokens;
    private long cached;

    /** @param sequences how many of them will end */
    RequestSpans(Span request, List<Span> admissions, int sequences) {
        this.request = request;
        this.admissions = List.copyOf(admissions);
        this.open = sequences;
    }

    @Override
    public void queued(int part) {
        admissions.get(part).addEvent("queued");
    }

    @Override
    public void admitted(int part) {
        admissions.get(part).end();
    }

    @Override
    public void tokens(int part, TokenDelta delta) {
        if (tokens == 0 && !delta.tokens().isEmpty()) {
            request.addEvent("first token");
        }
        tokens += delta.tokens().size();
        delta.finish().ifPresent(this::finished);
    }

    private void finished(Finish finish) {
        if (finish.reason() == FinishReason.HANDED_OVER) {
            return;
        }
        reasons.add(finish.reason().name().toLowerCase(Locale.ROOT));
        cached += finish.cachedTokens();
        if (--open == 0 && over.compareAndSet(false, true)) {
            request.setAttribute(SpanKeys.FINISH_REASONS, List.copyOf(reasons));
            request.setAttribute(SpanKeys.OUTPUT_TOKENS, tokens);
            request.setAttribute(SpanKeys.CACHED_TOKENS, cached);
            request.end();
        }
    }

    @Override
    public void failed(ApiError error) {
        if (over.compareAndSet(false, true)) {
            fail(request, error);
            end();
        }
    }

    static void fail(Span request, ApiError error) {
        String code = error.code();
        request.setAttribute(SpanKeys.ERROR_TYPE, code == null ? Integer.toString(error.status()) : code);
        request.setStatus(StatusCode.ERROR);
    }

    @Override
    public void abandoned() {
        if (over.compareAndSet(false, true)) {
            request.setAttribute(SpanKeys.ABANDONED, true);
            end();
        }
    }

    private void end() {
        admissions.forEach(Span::end);
        request.end();
    }
}
