package dev.vidda.node.trace;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TracingSettingsTest {
    @Test
    void tracesAreOffUnlessAskedFor() {
        assertThat(read(Map.of()).enabled()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "http://collector:4318, http://collector:4318/v1/traces",
        "http://collector:4318/, http://collector:4318/v1/traces",
        "https://collector/otlp/traces, https://collector/otlp/traces"
    })
    void anEndpointWithoutAPathGetsTheOneOfTraces(String given, URI endpoint) {
        assertThat(read(Map.of("endpoint", given)).endpoint()).isEqualTo(endpoint);
    }

    @Test
    void headersAreReadAndNeverPrinted() {
        TracingSettings settings = read(Map.of("enabled", true, "headers", "x-key=s%20e+cret, other = b"));

        assertThat(settings.headers()).isEqualTo(Map.of("x-key", "s e+cret", "other", "b"));
        assertThat(settings.toString()).doesNotContain("cret");
    }

    @ParameterizedTest
    @CsvSource({
        "endpoint, collector:4318",
        "endpoint, http:///v1/traces",
        "endpoint, 'not an address'",
        "sampling-ratio, 1.5",
        "sampling-ratio, -0.1",
        "service-name, ' '",
        "headers, novalue",
        "export-interval, 0s"
    })
    void whatIsOutOfBoundsIsNamed(String key, String value) {
        assertThatThrownBy(() -> read(Map.of(key, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("vidda.tracing." + key + " must");
    }

    private static TracingSettings read(Map<String, ?> overrides) {
        Config config = ConfigFactory.parseMap(overrides).atPath("vidda.tracing");
        return TracingSettings.from(config.withFallback(ConfigFactory.load()));
    }
}
