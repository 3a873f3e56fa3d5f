package dev.vidda.gateway.openai;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Strict JSON: bounded depth and numbers, nothing after the value, complaints with line and column. */
public final class Json {
    private static final int MAX_DEPTH = 100;
    private static final int MAX_NUMBER_LENGTH = 64;

    /** For reading and writing trees. */
    public static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(MAX_NUMBER_LENGTH)
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    /** A new object. */
    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /**
     * Reads a request body.
     *
     * @throws ApiException with status 400 if it is no JSON object
     */
    public static ObjectNode object(byte[] body) {
        try {
            JsonNode node = MAPPER.readTree(body);
            if (node instanceof ObjectNode object) {
                return object;
            }
            String found = node == null || node.isMissingNode() ? "empty" : kind(node);
            throw new ApiException(
                    ApiError.invalid(null, "The request body must be a JSON object, but it is " + found + "."));
        } catch (JsonProcessingException e) {
            throw new ApiException(ApiError.invalid(null, "The request body is not valid JSON: " + reason(e)));
        } catch (IOException e) {
            throw new ApiException(ApiError.invalid(null, "The request body is not valid JSON text in UTF-8."));
        }
    }

    /** What kind of value a node is, with its article. */
    static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case ARRAY -> "a list";
            case OBJECT, POJO -> "an object";
            case BOOLEAN -> "a boolean";
            case NUMBER -> "a number";
            case STRING, BINARY -> "a string";
            case NULL, MISSING -> "null";
        };
    }

    /** The node as strings, numbers, booleans, lists and maps, as templates take them. */
    static @Nullable Object plain(JsonNode node) {
        return switch (node.getNodeType()) {
            case ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>(node.size());
                node.forEach(item -> list.add(plain(item)));
                yield list;
            }
            case OBJECT, POJO -> plainMap(node);
            case BOOLEAN -> node.booleanValue();
            case NUMBER -> number(node);
            case STRING, BINARY -> node.textValue();
            case NULL, MISSING -> null;
        };
    }

    /** {@link #plain} of an object. */
    static Map<String, @Nullable Object> plainMap(JsonNode object) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        object.properties().forEach(field -> map.put(field.getKey(), plain(field.getValue())));
        return map;
    }

    /** Writes a tree. */
    public static byte[] bytes(JsonNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (IOException e) {
            throw new UncheckedIOException("a JSON tree cannot be written", e);
        }
    }

    private static Object number(JsonNode node) {
        if (node.isIntegralNumber() && node.canConvertToLong()) {
            return node.longValue();
        }
        return node.doubleValue();
    }

    private static String reason(JsonProcessingException e) {
        JsonLocation at = e.getLocation();
        String place = at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
        if (e instanceof MismatchedInputException) {
            return "there is more after its end" + place;
        }
        // What Jackson says to developers in parentheses is not for clients.
        return e.getOriginalMessage().replaceAll(" \\(start marker.*|, from `[^`]*`", "") + place;
    }
}
