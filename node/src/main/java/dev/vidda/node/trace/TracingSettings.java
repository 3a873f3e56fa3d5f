package dev.vidda.node.trace;

import com.typesafe.config.Config;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What {@code vidda.tracing} in the configuration says; see reference.conf for the meaning of each key.
 *
 * @param endpoint the collector's address for traces, by OTLP over HTTP
 * @param samplingRatio share of the traces that begin here which are recorded
 * @param headers sent with each export
 */
public record TracingSettings(
        boolean enabled,
        URI endpoint,
        double samplingRatio,
        String serviceName,
        Map<String, String> headers,
        Duration exportInterval) {
    private static final String PATH = "vidda.tracing.";
    private static final String DEFAULT_PATH = "/v1/traces";
    private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(1);

    public TracingSettings {
        headers = Map.copyOf(headers);
    }

    /**
     * Reads the settings from the whole configuration.
     *
     * @throws com.typesafe.config.ConfigException if a key is missing or of the wrong type
     * @throws IllegalArgumentException naming the key whose value is out of bounds
     */
    public static TracingSettings from(Config config) {
        double ratio = config.getDouble(PATH + "sampling-ratio");
        check(ratio >= 0 && ratio <= 1, PATH + "sampling-ratio must be in [0, 1], was " + ratio);
        String service = config.getString(PATH + "service-name");
        check(!service.isBlank(), PATH + "service-name must not be empty");
        Duration interval = config.getDuration(PATH + "export-interval");
        check(
                interval.compareTo(SHORTEST_INTERVAL) >= 0,
                PATH + "export-interval must be at least 1 ms, was " + interval);
        return new TracingSettings(
                config.getBoolean(PATH + "enabled"),
                endpoint(config.getString(PATH + "endpoint")),
                ratio,
                service,
                headers(config.getString(PATH + "headers")),
                interval);
    }

    private static URI endpoint(String text) {
        String message = PATH + "endpoint must be an address such as http://localhost:4318, was " + text;
        try {
            URI uri = URI.create(text.strip());
            check(
                    ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())) && uri.getHost() != null,
                    message);
            boolean bare = uri.getPath() == null
                    || uri.getPath().isEmpty()
                    || uri.getPath().equals("/");
            return bare ? uri.resolve(DEFAULT_PATH) : uri;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(message, e);
        }
    }

    /** As {@code OTEL_EXPORTER_OTLP_HEADERS} has them: {@code name=value,name=value}, values percent-encoded. */
    private static Map<String, String> headers(String text) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (String pair : text.split(",")) {
            if (!pair.isBlank()) {
                int equals = pair.indexOf('=');
                check(equals > 0, PATH + "headers must be written as name=value,name=value");
                String value = pair.substring(equals + 1).strip().replace("+", "%2B");
                headers.put(pair.substring(0, equals).strip(), URLDecoder.decode(value, StandardCharsets.UTF_8));
            }
        }
        return headers;
    }

    private static void check(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }

    /** Without the headers, which are secret. */
    @Override
    public String toString() {
        return "TracingSettings[" + (enabled ? endpoint + ", " + samplingRatio : "off") + "]";
    }
}
