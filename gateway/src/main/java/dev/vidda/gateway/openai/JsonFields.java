package dev.vidda.gateway.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Typed access to the fields of one JSON object. A field that is absent or null has no value; one of a wrong type or out
 * of its bounds ends the request with an {@link ApiException} that names the field by its path.
 */
final class JsonFields {
    /** Larger doubles no longer tell neighbouring integers apart. */
    private static final double EXACT_INTEGERS = 1L << 53;

    private final ObjectNode object;
    private final String path;

    JsonFields(ObjectNode object, String path) {
        this.object = object;
        this.path = path;
    }

    ObjectNode object() {
        return object;
    }

    /** The path of a field, as errors name it. */
    String pathOf(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    Optional<JsonNode> value(String name) {
        return Optional.ofNullable(object.get(name)).filter(node -> !node.isNull());
    }

    Optional<String> text(String name) {
        return value(name).map(node -> text(node, pathOf(name)));
    }

    boolean flag(String name, boolean fallback) {
        return value(name)
                .map(node -> {
                    if (!node.isBoolean()) {
                        throw wrongType(pathOf(name), "a boolean", node);
                    }
                    return node.booleanValue();
                })
                .orElse(fallback);
    }

    OptionalLong integer(String name, long min, long max) {
        Optional<JsonNode> node = value(name);
        return node.isEmpty() ? OptionalLong.empty() : OptionalLong.of(integer(node.get(), pathOf(name), min, max));
    }

    int integer(String name, int min, int max, int fallback) {
        return (int) integer(name, min, max).orElse(fallback);
    }

    OptionalDouble number(String name, double min, double max) {
        Optional<JsonNode> node = value(name);
        return node.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(number(node.get(), pathOf(name), min, max));
    }

    Optional<JsonFields> fields(String name) {
        return value(name).map(node -> fields(node, pathOf(name)));
    }

    Optional<ArrayNode> list(String name) {
        return value(name).map(node -> {
            if (node instanceof ArrayNode list) {
                return list;
            }
            throw wrongType(pathOf(name), "a list", node);
        });
    }

    List<Integer> integers(String name, int max) {
        return list(name).map(list -> integers(list, pathOf(name), max)).orElse(List.of());
    }

    static List<Integer> integers(ArrayNode list, String path, int max) {
        List<Integer> ids = new ArrayList<>(list.size());
        for (int i = 0; i < list.size(); i++) {
            ids.add((int) integer(list.get(i), path + "[" + i + "]", 0, max));
        }
        return ids;
    }

    static JsonFields fields(JsonNode node, String path) {
        if (node instanceof ObjectNode object) {
            return new JsonFields(object, path);
        }
        throw wrongType(path, "an object", node);
    }

    static String text(JsonNode node, String path) {
        if (!node.isTextual()) {
            throw wrongType(path, "a string", node);
        }
        String text = node.textValue();
        if (text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
            throw new ApiException(
                    ApiError.invalid(path, "'" + path + "' has half of a surrogate pair, which is no character."));
        }
        return text;
    }

    static long integer(JsonNode node, String path, long min, long max) {
        boolean whole = node.isNumber()
                && (node.isIntegralNumber()
                        || (Math.rint(node.doubleValue()) == node.doubleValue()
                                && Math.abs(node.doubleValue()) <= EXACT_INTEGERS));
        if (!whole) {
            throw wrongType(path, "an integer", node);
        }
        boolean fits = !node.isIntegralNumber() || node.canConvertToLong();
        long value = node.longValue();
        if (!fits || value < min || value > max) {
            throw outOfBounds(path, Long.toString(min), Long.toString(max), node);
        }
        return value;
    }

    static double number(JsonNode node, String path, double min, double max) {
        if (!node.isNumber()) {
            throw wrongType(path, "a number", node);
        }
        double value = node.doubleValue();
        if (!(value >= min && value <= max)) {
            throw outOfBounds(path, plain(min), plain(max), node);
        }
        return value;
    }

    static ApiException wrongType(String path, String wanted, JsonNode found) {
        String what = found.isNumber() ? found.asText() : Json.kind(found);
        return new ApiException(
                ApiError.invalid(path, "'" + path + "' must be " + wanted + ", but it is " + what + "."));
    }

    private static ApiException outOfBounds(String path, String min, String max, JsonNode found) {
        boolean bounded = !max.equals(Long.toString(Long.MAX_VALUE)) || min.equals(Long.toString(Long.MIN_VALUE));
        String bounds = bounded ? "between " + min + " and " + max : "at least " + min;
        return new ApiException(
                ApiError.invalid(path, "'" + path + "' must be " + bounds + ", but it is " + found.asText() + "."));
    }

    private static String plain(double bound) {
        return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
    }
}
