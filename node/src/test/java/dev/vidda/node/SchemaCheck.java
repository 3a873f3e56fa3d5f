package dev.vidda.node;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.UUID;
import java.util.regex.Pattern;

/** Whether a value is valid under a schema, from the definition of the keywords that {@link RandomSchemas} uses. */
final class SchemaCheck {
    private final JsonNode root;

    private SchemaCheck(JsonNode root) {
        this.root = root;
    }

    static boolean isValid(JsonNode schema, JsonNode value) {
        return new SchemaCheck(schema).valid(schema, value);
    }

    private boolean valid(JsonNode schema, JsonNode value) {
        if (schema.has("$ref")) {
            return valid(root.at(schema.path("$ref").asText().substring(1)), value);
        }
        if (schema.has("anyOf")) {
            return schema.path("anyOf").valueStream().anyMatch(branch -> valid(branch, value));
        }
        if (schema.has("enum")) {
            return schema.path("enum").valueStream().anyMatch(value::equals);
        }
        return switch (schema.path("type").asText()) {
            case "object" -> value.isObject() && object(schema, value);
            case "array" -> value.isArray() && array(schema, value);
            case "string" -> value.isTextual() && string(schema, value.textValue());
            case "integer" -> value.isIntegralNumber() && number(schema, value);
            case "number" -> value.isNumber() && number(schema, value);
            case "boolean" -> value.isBoolean();
            case "null" -> value.isNull();
            default -> throw new IllegalArgumentException("no check for " + schema);
        };
    }

    private boolean object(JsonNode schema, JsonNode value) {
        boolean complete = schema.path("required").valueStream().allMatch(name -> value.has(name.asText()));
        return complete
                && value.properties().stream().allMatch(field -> {
                    JsonNode property = schema.path("properties").path(field.getKey());
                    JsonNode additional = schema.path("additionalProperties");
                    if (!property.isMissingNode()) {
                        return valid(property, field.getValue());
                    }
                    return additional.isObject() ? valid(additional, field.getValue()) : additional.asBoolean(true);
                });
    }

    private boolean array(JsonNode schema, JsonNode value) {
        return value.size() >= schema.path("minItems").asInt(0)
                && value.size() <= schema.path("maxItems").asInt(Integer.MAX_VALUE)
                && value.valueStream().allMatch(item -> valid(schema.path("items"), item));
    }

    private static boolean string(JsonNode schema, String text) {
        int length = text.codePointCount(0, text.length());
        if (schema.has("pattern")
                && !Pattern.compile(schema.path("pattern").asText())
                        .matcher(text)
                        .find()) {
            return false;
        }
        return length >= schema.path("minLength").asInt(0)
                && length <= schema.path("maxLength").asInt(Integer.MAX_VALUE)
                && format(schema.path("format").asText(), text);
    }

    private static boolean format(String format, String text) {
        try {
            return isOfFormat(format, text);
        } catch (DateTimeException | IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isOfFormat(String format, String text) {
        return switch (format) {
            case "date" -> LocalDate.parse(text).toString().equals(text);
            case "date-time" -> OffsetDateTime.parse(text) != null;
            case "uuid" -> UUID.fromString(text).toString().equals(text);
            case "ipv4" -> text.matches("\\d+\\.\\d+\\.\\d+\\.\\d+");
            case "email" -> text.matches("[^@\\s]+@[^@\\s]+\\.[a-z]+");
            default -> true;
        };
    }

    private static boolean number(JsonNode schema, JsonNode value) {
        double number = value.doubleValue();
        return number >= schema.path("minimum").asDouble(Double.NEGATIVE_INFINITY)
                && number <= schema.path("maximum").asDouble(Double.POSITIVE_INFINITY)
                && number > schema.path("exclusiveMinimum").asDouble(Double.NEGATIVE_INFINITY);
    }
}
