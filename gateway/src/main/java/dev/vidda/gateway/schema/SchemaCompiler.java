package dev.vidda.gateway.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vidda.protocol.grammar.Expr;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * JSON schemas (draft 2020-12, and what older drafts and OpenAPI write the same way) to grammars. Not thread-safe.
 *
 * <p>Where a schema leaves open of which type a value is, the types come into question that its keywords are about;
 * without any, all. Properties come in the order of the schema; properties that it does not name come only where
 * {@code additionalProperties} asks for them.
 */
public final class SchemaCompiler {
    private static final Set<String> TYPES =
            Set.of("object", "array", "string", "number", "integer", "boolean", "null");

    private final Rules rules;
    private final JsonNode root;
    private final Map<String, String> references = new HashMap<>();
    private final ObjectSchemas objects = new ObjectSchemas(this);
    private final ValueSchemas values;

    /**
     * A compiler for the schema {@code root} and what it refers to.
     *
     * @param rules where its rules go
     */
    public SchemaCompiler(Rules rules, JsonNode root) {
        this.rules = rules;
        this.root = root;
        values = new ValueSchemas(rules);
    }

    /** Texts that are valid under the root schema. */
    public Expr compile() {
        return compile(root, "#");
    }

    /** Any JSON object. */
    public static Expr anyObject(Rules rules) {
        return JsonText.anyObject(rules);
    }

    Rules rules() {
        return rules;
    }

    Expr compile(JsonNode schema, String path) {
        if (schema.isBoolean()) {
            if (!schema.booleanValue()) {
                throw problem(path, "a schema of 'false' has no instances");
            }
            return JsonText.value(rules);
        }
        if (!(schema instanceof ObjectNode object)) {
            throw problem(path, "a schema must be an object");
        }
        checkKeywords(object, path);
        Expr expr = combined(object, path);
        boolean nullable = object.path("nullable").asBoolean(false);
        return nullable ? Expr.alt(List.of(expr, Expr.literal("null"))) : expr;
    }

    private static void checkKeywords(ObjectNode schema, String path) {
        schema.properties().forEach(field -> {
            String keyword = field.getKey();
            JsonNode value = field.getValue();
            boolean harmless = Keywords.HARMLESS_WHEN_FALSE.contains(keyword)
                    && (value.isBoolean() && value.booleanValue() == !keyword.equals("uniqueItems"));
            if (!Keywords.isSupported(keyword) && !harmless) {
                throw problem(path, "the keyword '" + keyword + "' is not supported");
            }
        });
    }

    private Expr combined(ObjectNode schema, String path) {
        if (schema.has("$ref")) {
            onlyAnnotationsBeside(schema, "$ref", path);
            return reference(schema.path("$ref").asText(), path);
        }
        for (String keyword : new String[] {"anyOf", "oneOf"}) {
            if (schema.has(keyword)) {
                return choice(schema, keyword, path);
            }
        }
        if (schema.has("allOf")) {
            return compile(SchemaMerge.all(this, schema, path), path);
        }
        if (schema.has("const") || schema.has("enum")) {
            return constants(schema, path);
        }
        List<Expr> choices = new ArrayList<>();
        for (String type : types(schema, path)) {
            choices.add(ofType(type, schema, path));
        }
        return Expr.alt(choices);
    }

    private Expr choice(ObjectNode schema, String keyword, String path) {
        ArrayNode branches = list(schema.path(keyword), path + "/" + keyword);
        List<ObjectNode> merged = new ArrayList<>();
        List<Expr> choices = new ArrayList<>();
        for (int i = 0; i < branches.size(); i++) {
            String place = path + "/" + keyword + "/" + i;
            ObjectNode branch = SchemaMerge.branch(this, schema, keyword, branches.get(i), place);
            merged.add(branch);
            choices.add(compile(branch, place));
        }
        if (keyword.equals("oneOf")) {
            Disjointness.require(this, merged, path);
        }
        return Expr.alt(choices);
    }

    private Expr constants(ObjectNode schema, String path) {
        for (String keyword : fieldNames(schema)) {
            boolean fine = Keywords.isAnnotation(keyword)
                    || Set.of("const", "enum", "type", "nullable").contains(keyword);
            if (!fine) {
                throw problem(path, "the keyword '" + keyword + "' is not supported beside 'enum' or 'const'");
            }
        }
        List<JsonNode> constants = new ArrayList<>();
        if (schema.has("const")) {
            constants.add(schema.path("const"));
        } else {
            list(schema.path("enum"), path + "/enum").forEach(constants::add);
        }
        List<Expr> choices = new ArrayList<>();
        for (JsonNode constant : constants) {
            boolean typed =
                    !schema.has("type") || types(schema, path).stream().anyMatch(type -> isOfType(constant, type));
            if (typed) {
                choices.add(Expr.literal(constant.toString()));
            }
        }
        if (choices.isEmpty()) {
            throw problem(path, "no value of 'enum' or 'const' is of the 'type'");
        }
        return Expr.alt(choices);
    }

    private static boolean isOfType(JsonNode value, String type) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "boolean" -> value.isBoolean();
            case "null" -> value.isNull();
            case "integer" -> value.isIntegralNumber() || value.doubleValue() == Math.rint(value.doubleValue());
            default -> value.isNumber();
        };
    }

    /** The types that values of the schema may have. */
    List<String> types(ObjectNode schema, String path) {
        JsonNode type = schema.path("type");
        List<String> types = new ArrayList<>();
        if (type.isTextual()) {
            types.add(type.textValue());
        } else if (type.isArray()) {
            type.forEach(each -> types.add(each.asText()));
        } else if (!type.isMissingNode()) {
            throw problem(path, "'type' must be a string or a list of strings");
        } else {
            new TreeMap<>(Keywords.BY_TYPE).forEach((about, keywords) -> {
                if (fieldNames(schema).stream().anyMatch(keywords::contains)) {
                    types.add(about);
                }
            });
            if (types.isEmpty()) {
                types.add("any");
            }
        }
        for (String each : types) {
            if (!TYPES.contains(each) && !each.equals("any")) {
                throw problem(path, "there is no type '" + each + "'");
            }
        }
        if (types.isEmpty()) {
            throw problem(path, "'type' has no entries");
        }
        return types;
    }

    private Expr ofType(String type, ObjectNode schema, String path) {
        return switch (type) {
            case "object" -> objects.object(schema, path);
            case "array" -> objects.array(schema, path);
            case "string" -> values.string(schema, path);
            case "integer" -> values.number(schema, true, path);
            case "number" -> values.number(schema, false, path);
            case "boolean" -> Expr.alt(List.of(Expr.literal("true"), Expr.literal("false")));
            case "null" -> Expr.literal("null");
            default -> JsonText.value(rules);
        };
    }

    private Expr reference(String pointer, String path) {
        JsonNode target = resolve(pointer, path);
        String known = references.get(pointer);
        if (known != null) {
            return new Expr.Ref(known);
        }
        String name = rules.reserve("ref");
        references.put(pointer, name);
        rules.define(name, compile(target, pointer));
        return new Expr.Ref(name);
    }

    /** What a {@code $ref} points to. */
    JsonNode resolve(String pointer, String path) {
        if (!pointer.startsWith("#") || (pointer.length() > 1 && pointer.charAt(1) != '/')) {
            throw problem(path, "the reference '" + pointer + "' does not begin with '#/': only those are supported");
        }
        JsonNode target = root.at(pointer.substring(1));
        if (target.isMissingNode()) {
            throw problem(path, "the reference '" + pointer + "' leads nowhere");
        }
        return target;
    }

    private static void onlyAnnotationsBeside(ObjectNode schema, String keyword, String path) {
        for (String name : fieldNames(schema)) {
            if (!name.equals(keyword) && !name.equals("nullable") && !Keywords.isAnnotation(name)) {
                throw problem(path, "the keyword '" + name + "' is not supported beside '" + keyword + "'");
            }
        }
    }

    static List<String> fieldNames(ObjectNode schema) {
        List<String> names = new ArrayList<>();
        schema.fieldNames().forEachRemaining(names::add);
        return names;
    }

    static ArrayNode list(JsonNode node, String path) {
        if (node instanceof ArrayNode list && !list.isEmpty()) {
            return list;
        }
        throw problem(path, "a list with at least one entry is needed");
    }

    static SchemaException problem(String path, String what) {
        return new SchemaException("The schema cannot be used: at '" + path + "', " + what + ".");
    }
}
