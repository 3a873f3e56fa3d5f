package dev.vidda.node.trace;

import dev.vidda.protocol.trace.Tracing;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.concurrent.TimeUnit;

/** Sends a node's spans to a collector, in batches, from a thread of its own. What a full queue has no room for is dropped. */
public final class TraceExport implements AutoCloseable {
    private static final long FLUSH_SECONDS = 5;

    private final SdkTracerProvider provider;

    private TraceExport(SdkTracerProvider provider) {
        this.provider = provider;
    }

    /**
     * Begins to export.
     *
     * @param instance what tells this node from others of its service
     * @param version of the software
     */
    public static TraceExport start(TracingSettings settings, String instance, String version) {
        OtlpHttpSpanExporterBuilder exporter =
                OtlpHttpSpanExporter.builder().setEndpoint(settings.endpoint().toString());
        settings.headers().forEach(exporter::addHeader);
        Resource resource = Resource.getDefault().toBuilder()
                .put(AttributeKey.stringKey("service.name"), settings.serviceName())
                .put(AttributeKey.stringKey("service.version"), version)
                .put(AttributeKey.stringKey("service.instance.id"), instance)
                .build();
        return new TraceExport(SdkTracerProvider.builder()
                .setResource(resource)
                .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(settings.samplingRatio())))
                .addSpanProcessor(BatchSpanProcessor.builder(exporter.build())
                        .setScheduleDelay(settings.exportInterval())
                        .build())
                .build());
    }

    /** For the node's actor system. */
    public Tracing tracing() {
        return new Tracing(provider);
    }

    /** Sends what is left; waits a few seconds at most. */
    @Override
    public void close() {
        provider.shutdown().join(FLUSH_SECONDS, TimeUnit.SECONDS);
    }
}
