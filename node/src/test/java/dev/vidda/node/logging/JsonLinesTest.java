package dev.vidda.node.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class JsonLinesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void anEventIsOneObjectOnOneLine() throws IOException {
        LoggingEvent event = event("two\nlines, \"quoted\", \u0001 and ü", null, Map.of());
        event.addKeyValuePair(new KeyValuePair("request_id", "req-1"));

        JsonNode json = read(event);

        assertThat(json.path("time").asText()).isEqualTo("2026-11-22T20:00:00.123Z");
        assertThat(json.path("level").asText()).isEqualTo("WARN");
        assertThat(json.path("logger").asText()).isEqualTo("dev.vidda.Some");
        assertThat(json.path("thread").asText()).isEqualTo("a-thread");
        assertThat(json.path("message").asText()).isEqualTo("two\nlines, \"quoted\", \u0001 and ü");
        assertThat(json.path("request_id").asText()).isEqualTo("req-1");
        assertThat(json.has("exception")).isFalse();
    }

    @Test
    void anExceptionHasItsStackAndCauses() throws IOException {
        JsonNode json = read(event("failed", new IllegalStateException("outer", new IOException("inner")), Map.of()));

        assertThat(json.path("exception").asText())
                .startsWith("java.lang.IllegalStateException: outer")
                .contains("anExceptionHasItsStackAndCauses")
                .contains("Caused by: java.io.IOException: inner");
    }

    @Test
    void noNameComesTwice() throws IOException {
        LoggingEvent event = event("m", null, Map.of("request_id", "2", "more", "3"));
        event.addKeyValuePair(new KeyValuePair("message", "other"));
        event.addKeyValuePair(new KeyValuePair("request_id", 1));

        JsonNode json = read(event);

        assertThat(json.path("message").asText()).isEqualTo("m");
        assertThat(json.path("request_id").asText()).isEqualTo("1");
        assertThat(json.path("more").asText()).isEqualTo("3");
    }

    @Test
    void anUnknownFormatIsRefusedByName() {
        assertThat(LogFormat.parse("some.key", "json")).isEqualTo(LogFormat.JSON);
        assertThatThrownBy(() -> LogFormat.parse("some.key", "xml"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("some.key must be text or json, was xml");
    }

    private static JsonNode read(LoggingEvent event) throws IOException {
        String line = new String(new JsonLines().encode(event), StandardCharsets.UTF_8);
        assertThat(line.indexOf('\n')).isEqualTo(line.length() - 1);
        return JSON.readTree(line);
    }

    private static LoggingEvent event(String message, @Nullable Throwable thrown, Map<String, String> context) {
        LoggerContext loggers = new LoggerContext();
        LoggingEvent event =
                new LoggingEvent("", loggers.getLogger("dev.vidda.Some"), Level.WARN, message, thrown, new Object[0]);
        event.setInstant(Instant.parse("2026-11-22T20:00:00.123Z"));
        event.setThreadName("a-thread");
        event.setMDCPropertyMap(context);
        return event;
    }
}
