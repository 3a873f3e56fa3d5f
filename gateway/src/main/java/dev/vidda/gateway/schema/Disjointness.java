package dev.vidda.gateway.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Whether no value is valid under two branches of {@code oneOf}, so that any of them may be written. */
final class Disjointness {
    private Disjointness() {}

    static void require(SchemaCompiler compiler, List<ObjectNode> branches, String path) {
        List<ObjectNode> resolved = branches.stream()
                .map(branch -> SchemaMerge.resolved(compiler, branch, path, 0))
                .toList();
        for (int i = 0; i < resolved.size(); i++) {
            for (int j = i + 1; j < resolved.size(); j++) {
                if (!disjoint(compiler, resolved.get(i), resolved.get(j), path)) {
                    throw SchemaCompiler.problem(
                            path,
                            "'oneOf' is supported only where no value can be valid under two of its schemas; "
                                    + "those at " + i + " and " + j + " differ in no type, constant or required "
                                    + "constant property (use 'anyOf')");
                }
            }
        }
    }

    private static boolean disjoint(SchemaCompiler compiler, ObjectNode a, ObjectNode b, String path) {
        Set<JsonNode> constantsA = constants(a);
        Set<JsonNode> constantsB = constants(b);
        if (!constantsA.isEmpty() && !constantsB.isEmpty()) {
            return constantsA.stream().noneMatch(constantsB::contains);
        }
        Set<String> typesA = types(compiler, a, path);
        Set<String> typesB = types(compiler, b, path);
        if (!typesA.isEmpty() && !typesB.isEmpty() && typesA.stream().noneMatch(typesB::contains)) {
            return true;
        }
        return isObject(a) && isObject(b) && differInProperty(a, b);
    }

    private static boolean isObject(ObjectNode schema) {
        return schema.path("type").asText().equals("object");
    }

    private static boolean differInProperty(ObjectNode a, ObjectNode b) {
        for (var property : a.path("properties").properties()) {
            String name = property.getKey();
            Set<JsonNode> left = constants(a.path("properties").path(name));
            Set<JsonNode> right = constants(b.path("properties").path(name));
            boolean required = requires(a, name) || requires(b, name);
            if (required && !left.isEmpty() && !right.isEmpty() && left.stream().noneMatch(right::contains)) {
                return true;
            }
        }
        return false;
    }

    private static boolean requires(ObjectNode schema, String name) {
        return schema.path("required")
                .valueStream()
                .anyMatch(each -> each.asText().equals(name));
    }

    private static Set<JsonNode> constants(JsonNode schema) {
        Set<JsonNode> constants = new HashSet<>();
        if (schema.has("const")) {
            constants.add(schema.path("const"));
        } else {
            schema.path("enum").forEach(constants::add);
        }
        return constants;
    }

    /** The types of a schema that names them; an integer is a number. */
    private static Set<String> types(SchemaCompiler compiler, ObjectNode schema, String path) {
        Set<String> types = new HashSet<>();
        if (schema.has("type")) {
            types.addAll(compiler.types(schema, path));
            if (types.remove("integer")) {
                types.add("number");
            }
        }
        return types;
    }
}
