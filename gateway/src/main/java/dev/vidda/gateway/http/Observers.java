package dev.vidda.gateway.http;

import dev.vidda.gateway.metrics.RequestMetrics;
import dev.vidda.gateway.openai.ApiError;
import dev.vidda.gateway.security.Permit;
import dev.vidda.gateway.stream.Generation;
import dev.vidda.gateway.stream.RequestObserver;
import dev.vidda.gateway.trace.RequestTraces;
import java.util.List;

/** Those who watch the requests that generate. */
record Observers(RequestMetrics metrics, RequestTraces traces) {
    /**
     * A request that is watched.
     *
     * @param parts what is to be submitted
     */
    record Watched(List<Generation.Part> parts, RequestObserver observer) {}

    /** @param parts one for each prompt */
    Watched watch(Exchange exchange, Permit permit, List<Generation.Part> parts) {
        RequestTraces.Begun begun = traces.begin(call(exchange), parts);
        return new Watched(begun.parts(), begun.beside(metrics.observe(permit, begun.parts())));
    }

    /** A request that was refused before it was submitted. */
    void refused(Exchange exchange, ApiError error) {
        traces.refused(call(exchange), error);
    }

    private static RequestTraces.Call call(Exchange exchange) {
        return new RequestTraces.Call(
                exchange.requestId(), exchange.request().getUri().path(), exchange::header, exchange.arrivedAtMillis());
    }
}
