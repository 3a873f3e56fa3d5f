package dev.vidda.gateway.jinja;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.Objects;

/** Golden files: texts that Python's jinja2 rendered, with the context they were rendered from. */
final class Gold {

    /** The moment that the golden files were made at, for {@code strftime_now}. */
    static final LocalDateTime NOW = LocalDateTime.of(2026, 11, 22, 13, 47, 5);

    private static final ObjectMapper JSON = new ObjectMapper();

    private Gold() {}

    static JsonNode resource(String name) {
        try (InputStream in = Objects.requireNonNull(Gold.class.getResourceAsStream("/jinja/" + name), name)) {
            return JSON.readTree(in);
        } catch (IOException e) {
            throw new IllegalStateException(name, e);
        }
    }

    static Map<String, Object> map(JsonNode node) {
        return JSON.convertValue(node, new TypeReference<>() {});
    }
}
