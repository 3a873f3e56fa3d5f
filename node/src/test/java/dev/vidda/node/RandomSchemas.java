package dev.vidda.node;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Random;

/** Schemas of all kinds that are supported, from a seed. */
final class RandomSchemas {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String[] NAMES = {"name", "age", "x", "übung", "is ok", "items", "a\"b", "next"};
    private static final String[] PATTERNS = {"^[a-z]{1,8}$", "^\\d{3}-\\d{2}$", "^(yes|no|maybe)$", "^[^a-z\\s]{2,5}$"
    };
    private static final String[] FORMATS = {"date", "date-time", "uuid", "ipv4", "email"};

    private final Random random;

    private RandomSchemas(long seed) {
        random = new Random(seed);
    }

    static ObjectNode of(long seed) {
        RandomSchemas schemas = new RandomSchemas(seed);
        ObjectNode schema = schemas.object(3);
        if (seed % 10 == 0) {
            ObjectNode node = schemas.object(1);
            node.withObject("properties").putObject("next").put("$ref", "#/$defs/node");
            schema.putObject("$defs").set("node", node);
            schema.withObject("properties").putObject("list").put("$ref", "#/$defs/node");
        }
        return schema;
    }

    private ObjectNode any(int depth) {
        int kind = random.nextInt(depth > 0 ? 10 : 7);
        return switch (kind) {
            case 0, 1 -> string();
            case 2 -> integer();
            case 3 -> number();
            case 4 -> JSON.objectNode().put("type", random.nextBoolean() ? "boolean" : "null");
            case 5 -> enumeration();
            case 6 -> type("integer");
            case 7 -> list(depth - 1);
            case 8 -> anyOf(depth - 1);
            default -> object(depth - 1);
        };
    }

    private static ObjectNode type(String type) {
        return JSON.objectNode().put("type", type);
    }

    private ObjectNode string() {
        ObjectNode schema = type("string");
        switch (random.nextInt(5)) {
            case 0 -> schema.put("pattern", PATTERNS[random.nextInt(PATTERNS.length)]);
            case 1 -> schema.put("format", FORMATS[random.nextInt(FORMATS.length)]);
            default -> {
                int min = random.nextInt(4);
                schema.put("minLength", min).put("maxLength", min + random.nextInt(12));
            }
        }
        return schema;
    }

    private ObjectNode integer() {
        int low = random.nextInt(2000) - 1000;
        return type("integer").put("minimum", low).put("maximum", low + random.nextInt(500));
    }

    private ObjectNode number() {
        double low = (random.nextInt(400) - 200) / 8.0;
        ObjectNode schema = type("number").put("exclusiveMinimum", low);
        return random.nextBoolean() ? schema.put("maximum", low + 1 + random.nextInt(9)) : schema;
    }

    private ObjectNode enumeration() {
        ObjectNode schema = JSON.objectNode();
        ArrayNode values = schema.putArray("enum");
        values.add("red").add(17).addNull().add(true).addObject().put("k", 1.5);
        return schema;
    }

    private ObjectNode list(int depth) {
        int min = random.nextInt(3);
        ObjectNode schema = type("array").put("minItems", min).put("maxItems", min + random.nextInt(3));
        schema.set("items", any(depth));
        return schema;
    }

    private ObjectNode anyOf(int depth) {
        ObjectNode schema = JSON.objectNode();
        schema.putArray("anyOf").add(any(depth)).add(any(depth));
        return schema;
    }

    private ObjectNode object(int depth) {
        ObjectNode schema = type("object");
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = schema.putArray("required");
        int first = random.nextInt(NAMES.length);
        for (int i = 0; i <= random.nextInt(4); i++) {
            String name = NAMES[(first + i) % NAMES.length];
            properties.set(name, any(depth));
            if (random.nextBoolean()) {
                required.add(name);
            }
        }
        if (random.nextInt(4) == 0) {
            schema.set("additionalProperties", integer());
        } else if (random.nextBoolean()) {
            schema.put("additionalProperties", false);
        }
        return schema;
    }
}
