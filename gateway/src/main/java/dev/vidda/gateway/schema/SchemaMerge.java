package dev.vidda.gateway.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.Set;

/** Several schemas that must all hold, as one, where that needs no more than putting their keywords together. */
final class SchemaMerge {
    private static final int DEEPEST = 32;

    private SchemaMerge() {}

    /** A schema with {@code allOf} as one without. */
    static ObjectNode all(SchemaCompiler compiler, ObjectNode schema, String path) {
        ObjectNode merged = schema.deepCopy();
        merged.remove("allOf");
        ArrayNode parts = SchemaCompiler.list(schema.path("allOf"), path + "/allOf");
        for (int i = 0; i < parts.size(); i++) {
            String place = path + "/allOf/" + i;
            merge(merged, resolved(compiler, parts.get(i), place, 0), place);
        }
        return merged;
    }

    /** A branch of {@code anyOf} or {@code oneOf}, together with what stands beside that keyword. */
    static ObjectNode branch(SchemaCompiler compiler, ObjectNode schema, String keyword, JsonNode branch, String path) {
        ObjectNode beside = schema.deepCopy();
        beside.remove(keyword);
        beside.remove("nullable");
        SchemaCompiler.fieldNames(schema).stream()
                .filter(Keywords::isAnnotation)
                .forEach(beside::remove);
        if (!(branch instanceof ObjectNode object)) {
            throw SchemaCompiler.problem(path, "a schema must be an object");
        }
        if (beside.isEmpty()) {
            return object;
        }
        ObjectNode merged = resolved(compiler, object, path, 0).deepCopy();
        merge(merged, beside, path);
        return merged;
    }

    /** The schema itself, or the one that its reference leads to. */
    static ObjectNode resolved(SchemaCompiler compiler, JsonNode schema, String path, int depth) {
        if (depth > DEEPEST || !(schema instanceof ObjectNode object)) {
            throw SchemaCompiler.problem(path, "there is no schema at the end of the references");
        }
        return object.has("$ref")
                ? resolved(compiler, compiler.resolve(object.path("$ref").asText(), path), path, depth + 1)
                : object;
    }

    private static void merge(ObjectNode into, ObjectNode from, String path) {
        from.properties().forEach(field -> {
            String keyword = field.getKey();
            JsonNode mine = into.path(keyword);
            JsonNode theirs = field.getValue();
            if (mine.isMissingNode()) {
                into.set(keyword, theirs.deepCopy());
            } else if (keyword.equals("required")) {
                Set<String> names = new LinkedHashSet<>();
                mine.forEach(name -> names.add(name.asText()));
                theirs.forEach(name -> names.add(name.asText()));
                ArrayNode union = into.putArray(keyword);
                names.forEach(union::add);
            } else if (keyword.equals("properties")) {
                mergeProperties((ObjectNode) mine, (ObjectNode) theirs, path);
            } else if (!mine.equals(theirs) && !Keywords.isAnnotation(keyword)) {
                throw SchemaCompiler.problem(
                        path, "the keyword '" + keyword + "' stands in several schemas that must hold together");
            }
        });
        boolean closes = isClosed(into) || isClosed(from);
        if (closes
                && into.has("properties")
                && from.has("properties")
                && !into.path("properties").equals(from.path("properties"))) {
            throw SchemaCompiler.problem(
                    path, "'additionalProperties' is not supported in schemas that must hold together");
        }
    }

    private static boolean isClosed(ObjectNode schema) {
        JsonNode additional = schema.path("additionalProperties");
        return !additional.isMissingNode() && !(additional.isBoolean() && additional.booleanValue());
    }

    private static void mergeProperties(ObjectNode into, ObjectNode from, String path) {
        from.properties().forEach(field -> {
            JsonNode mine = into.path(field.getKey());
            if (!mine.isMissingNode() && !mine.equals(field.getValue())) {
                throw SchemaCompiler.problem(
                        path,
                        "the property '" + field.getKey() + "' stands in several schemas that must hold together");
            }
            into.set(field.getKey(), field.getValue().deepCopy());
        });
    }
}
