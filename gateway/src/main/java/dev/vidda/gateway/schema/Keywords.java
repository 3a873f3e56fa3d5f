package dev.vidda.gateway.schema;

import java.util.Map;
import java.util.Set;

/** The keywords of JSON Schema, by what becomes of them. */
final class Keywords {
    /** They describe, and restrict nothing. */
    static final Set<String> ANNOTATIONS = Set.of(
            "title",
            "description",
            "default",
            "examples",
            "example",
            "$schema",
            "$id",
            "id",
            "$comment",
            "$anchor",
            "$defs",
            "definitions",
            "deprecated",
            "readOnly",
            "writeOnly",
            "contentMediaType",
            "contentEncoding",
            "contentSchema",
            "discriminator",
            "externalDocs",
            "xml",
            "$vocabulary",
            "strict",
            "name");

    /** They restrict values of one type each. */
    static final Map<String, Set<String>> BY_TYPE = Map.of(
            "object",
            Set.of("properties", "required", "additionalProperties", "minProperties", "maxProperties", "propertyNames"),
            "array",
            Set.of("items", "prefixItems", "minItems", "maxItems"),
            "string",
            Set.of("minLength", "maxLength", "pattern", "format"),
            "number",
            Set.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"));

    /** They stand for other schemas. */
    static final Set<String> COMBINING = Set.of("type", "enum", "const", "anyOf", "oneOf", "allOf", "$ref", "nullable");

    /** Their values of {@code false} or nothing restrict nothing, so only other values are refused. */
    static final Set<String> HARMLESS_WHEN_FALSE = Set.of("uniqueItems", "unevaluatedProperties", "unevaluatedItems");

    private Keywords() {}

    static boolean isSupported(String keyword) {
        return ANNOTATIONS.contains(keyword)
                || COMBINING.contains(keyword)
                || BY_TYPE.values().stream().anyMatch(set -> set.contains(keyword))
                || keyword.startsWith("x-");
    }

    /** Whether a keyword may stand beside {@code $ref} without meaning anything. */
    static boolean isAnnotation(String keyword) {
        return ANNOTATIONS.contains(keyword) || keyword.startsWith("x-");
    }
}
