package dev.vidda.gateway.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.vidda.protocol.grammar.Expr;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Schemas of objects and arrays. */
final class ObjectSchemas {
    private final SchemaCompiler compiler;

    ObjectSchemas(SchemaCompiler compiler) {
        this.compiler = compiler;
    }

    Expr object(ObjectNode schema, String path) {
        Rules rules = compiler.rules();
        Map<String, JsonNode> properties = new LinkedHashMap<>();
        JsonNode declared = schema.path("properties");
        if (!declared.isMissingNode() && !declared.isObject()) {
            throw SchemaCompiler.problem(path, "'properties' must be an object");
        }
        declared.properties().forEach(field -> properties.put(field.getKey(), field.getValue()));
        JsonNode additional = schema.path("additionalProperties");
        boolean closed = additional.isBoolean() && !additional.booleanValue();
        Set<String> required = new LinkedHashSet<>();
        schema.path("required").forEach(name -> required.add(name.asText()));
        for (String name : required) {
            if (!properties.containsKey(name)) {
                if (closed) {
                    throw SchemaCompiler.problem(path, "'" + name + "' is required, but is no property");
                }
                properties.put(name, additional.isObject() ? additional : BooleanNode.TRUE);
            }
        }
        int min = count(schema, "minProperties", 0, path);
        int max = count(schema, "maxProperties", Expr.ANY_NUMBER, path);
        if (properties.isEmpty()) {
            return closed ? empty(rules, min, path) : map(schema, additional, min, max, path);
        }
        boolean extra = additional.isObject() || (additional.isBoolean() && additional.booleanValue());
        boolean bounded = min > required.size() || (max != Expr.ANY_NUMBER && (extra || max < properties.size()));
        if (bounded || schema.has("propertyNames")) {
            throw SchemaCompiler.problem(
                    path, "'minProperties', 'maxProperties' and 'propertyNames' are not supported beside 'properties'");
        }
        List<Member> members = new ArrayList<>();
        properties.forEach((name, value) -> members.add(new Member(
                JsonText.member(rules, key(name), compiler.compile(value, path + "/properties/" + name)),
                required.contains(name))));
        Expr extras = extra ? extras(properties.keySet(), additional, path) : Expr.EMPTY;
        return rules.rule("object", sequence(members, extras));
    }

    private record Member(Expr expr, boolean required) {}

    private static Expr empty(Rules rules, int min, String path) {
        if (min > 0) {
            throw SchemaCompiler.problem(path, "an object without properties cannot have " + min);
        }
        return Expr.seq(Expr.literal("{"), JsonText.space(rules), Expr.literal("}"));
    }

    private Expr map(ObjectNode schema, JsonNode additional, int min, int max, String path) {
        Rules rules = compiler.rules();
        Expr key = JsonText.string(rules, 0, Expr.ANY_NUMBER);
        JsonNode names = schema.path("propertyNames");
        if (names.isObject()) {
            ObjectNode strings = ((ObjectNode) names).deepCopy();
            strings.putIfAbsent("type", TextNode.valueOf("string"));
            key = compiler.compile(strings, path + "/propertyNames");
        }
        boolean any = !additional.isObject();
        if (any && key instanceof Expr.Ref && min == 0 && max == Expr.ANY_NUMBER && !names.isObject()) {
            return JsonText.anyObject(rules);
        }
        Expr value = any ? JsonText.value(rules) : compiler.compile(additional, path + "/additionalProperties");
        return rules.rule("map", JsonText.map(rules, JsonText.member(rules, key, value), min, max));
    }

    /** Members in order, optional ones maybe left out, with commas between those that are there. */
    private Expr sequence(List<Member> members, Expr extras) {
        Rules rules = compiler.rules();
        Expr space = JsonText.space(rules);
        Expr comma = Expr.seq(Expr.literal(","), space);
        Expr rest = extras.equals(Expr.EMPTY) ? Expr.EMPTY : Expr.star(Expr.seq(comma, extras));
        Expr first = extras.equals(Expr.EMPTY) ? Expr.EMPTY : Expr.optional(Expr.seq(extras, rest));
        for (int i = members.size() - 1; i >= 0; i--) {
            Member member = members.get(i);
            Expr begun = Expr.seq(member.expr(), rest);
            first = member.required() ? begun : Expr.alt(List.of(begun, first));
            Expr next = Expr.seq(comma, member.expr());
            rest = rules.rule("rest", Expr.seq(member.required() ? next : Expr.optional(next), rest));
        }
        return Expr.seq(Expr.literal("{"), space, first, space, Expr.literal("}"));
    }

    private Expr extras(Set<String> declared, JsonNode additional, String path) {
        Rules rules = compiler.rules();
        Expr value = additional.isObject()
                ? compiler.compile(additional, path + "/additionalProperties")
                : JsonText.value(rules);
        return rules.rule("extra", JsonText.member(rules, OtherKeys.than(declared), value));
    }

    private static Expr key(String name) {
        return Expr.literal(TextNode.valueOf(name).toString());
    }

    Expr array(ObjectNode schema, String path) {
        Rules rules = compiler.rules();
        JsonNode items = schema.path("items");
        JsonNode prefix = schema.path("prefixItems");
        if (items.isArray()) {
            throw SchemaCompiler.problem(path, "'items' as a list is not supported; use 'prefixItems'");
        }
        int min = count(schema, "minItems", 0, path);
        int max = count(schema, "maxItems", Expr.ANY_NUMBER, path);
        if (prefix.isArray()) {
            return tuple(schema, min, max, path);
        }
        if (items.isBoolean() && !items.booleanValue()) {
            return Expr.literal("[]");
        }
        Expr item = items.isMissingNode() ? JsonText.value(rules) : compiler.compile(items, path + "/items");
        return rules.rule("list", JsonText.list(rules, item, min, max));
    }

    private Expr tuple(ObjectNode schema, int min, int max, String path) {
        Rules rules = compiler.rules();
        Expr comma = Expr.seq(Expr.literal(","), JsonText.space(rules));
        JsonNode prefix = schema.path("prefixItems");
        JsonNode items = schema.path("items");
        int fixed = max == Expr.ANY_NUMBER ? prefix.size() : Math.min(max, prefix.size());
        Expr rest = Expr.EMPTY;
        boolean more = items.isObject() || (items.isMissingNode() && min > fixed);
        if (more && (max == Expr.ANY_NUMBER || max > fixed)) {
            Expr item = items.isObject() ? compiler.compile(items, path + "/items") : JsonText.value(rules);
            rest = new Expr.Repeat(
                    Expr.seq(comma, item), Math.max(0, min - fixed), max == Expr.ANY_NUMBER ? max : max - fixed);
        }
        for (int i = fixed - 1; i >= 0; i--) {
            Expr item = compiler.compile(prefix.get(i), path + "/prefixItems/" + i);
            Expr here = i == 0 ? Expr.seq(item, rest) : Expr.seq(comma, item, rest);
            // All of the tuple's places are filled: what it may leave out at its end only makes answers poorer.
            rest = here;
        }
        Expr space = JsonText.space(rules);
        return rules.rule("tuple", Expr.seq(Expr.literal("["), space, rest, space, Expr.literal("]")));
    }

    private static int count(ObjectNode schema, String keyword, int fallback, String path) {
        JsonNode node = schema.path(keyword);
        if (node.isMissingNode()) {
            return fallback;
        }
        if (!node.isNumber() || node.doubleValue() != Math.rint(node.doubleValue()) || node.doubleValue() < 0) {
            throw SchemaCompiler.problem(path, "'" + keyword + "' must be an integer of at least 0");
        }
        return (int) Math.min(node.doubleValue(), Integer.MAX_VALUE);
    }
}
