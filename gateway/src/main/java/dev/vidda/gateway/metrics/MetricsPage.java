package dev.vidda.gateway.metrics;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** All metrics in Prometheus' text form, version 0.0.4. */
public final class MetricsPage {
    /** The content type of {@link #bytes}. */
    public static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.builder()
            .setIncludeCreatedTimestamps(false)
            .build();
    private final PrometheusRegistry registry;

    /** Of one registry. */
    public MetricsPage(PrometheusRegistry registry) {
        this.registry = registry;
    }

    /** The metrics as of now. */
    public byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            writer.write(out, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException("metrics cannot be written to memory", e);
        }
        return out.toByteArray();
    }
}
