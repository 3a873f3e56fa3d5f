package dev.vidda.worker.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.vidda.worker.weights.CheckpointException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The fields of a JSON object in a file, checked as they are read. Null counts as absent. Errors name file and field. */
final class JsonFields {
    private final Path file;
    private final String prefix;
    private final JsonNode node;

    JsonFields(Path file, JsonNode node) {
        this(file, "", node);
    }

    private JsonFields(Path file, String prefix, JsonNode node) {
        this.file = file;
        this.prefix = prefix;
        this.node = node;
    }

    /** An error about {@code field}; {@code problem} continues the sentence. */
    CheckpointException error(String field, String problem) {
        return new CheckpointException(file + ": " + prefix + field + " " + problem);
    }

    boolean isEmpty() {
        return node.isEmpty();
    }

    boolean has(String field) {
        return node.hasNonNull(field);
    }

    int positive(String field) {
        require(field);
        JsonNode value = node.path(field);
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 1) {
            throw error(field, "must be a positive integer, is " + value);
        }
        return value.intValue();
    }

    int positive(String field, int absent) {
        return has(field) ? positive(field) : absent;
    }

    double positiveNumber(String field) {
        require(field);
        JsonNode value = node.path(field);
        if (!value.isNumber() || !(value.doubleValue() > 0) || !Double.isFinite(value.doubleValue())) {
            throw error(field, "must be a positive number, is " + value);
        }
        return value.doubleValue();
    }

    double positiveNumber(String field, double absent) {
        return has(field) ? positiveNumber(field) : absent;
    }

    boolean flag(String field, boolean absent) {
        if (!has(field)) {
            return absent;
        }
        JsonNode value = node.path(field);
        if (!value.isBoolean()) {
            throw error(field, "must be true or false, is " + value);
        }
        return value.booleanValue();
    }

    String text(String field, String absent) {
        if (!has(field)) {
            return absent;
        }
        JsonNode value = node.path(field);
        if (!value.isTextual()) {
            throw error(field, "must be a string, is " + value);
        }
        return value.textValue();
    }

    /** The first of a non-empty list of strings. */
    String firstText(String field) {
        require(field);
        List<String> values = texts(field);
        if (values.isEmpty()) {
            throw error(field, "must not be empty");
        }
        return values.getFirst();
    }

    /** A list of strings, empty if absent. */
    List<String> texts(String field) {
        if (!has(field)) {
            return List.of();
        }
        List<String> values = new ArrayList<>();
        for (JsonNode value : node.path(field)) {
            values.add(value.asText());
        }
        if (!node.path(field).isArray()) {
            throw error(field, "must be a list of strings, is " + node.path(field));
        }
        return values;
    }

    /** A nested object, empty if absent. */
    JsonFields object(String field) {
        JsonNode value = has(field) ? node.path(field) : MissingNode.getInstance();
        if (!value.isObject() && !value.isMissingNode()) {
            throw error(field, "must be an object, is " + value);
        }
        return new JsonFields(file, prefix + field + ".", value);
    }

    void expectText(String field, String expected) {
        String value = text(field, expected);
        if (!value.equals(expected)) {
            throw error(field, "must be " + expected + ", is " + value);
        }
    }

    void refuse(String field, String reason) {
        if (has(field)) {
            throw error(field, "is set: " + reason);
        }
    }

    private void require(String field) {
        if (!has(field)) {
            throw error(field, "is missing");
        }
    }
}
