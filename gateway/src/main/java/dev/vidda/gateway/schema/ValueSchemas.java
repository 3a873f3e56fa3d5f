package dev.vidda.gateway.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vidda.gateway.schema.NumberRanges.Bound;
import dev.vidda.protocol.grammar.Expr;
import java.math.BigDecimal;
import java.util.Map;

/** Schemas of strings and numbers. */
final class ValueSchemas {
    private static final int LONGEST_BOUND = 10_000;
    private static final String MONTH_AND_DAY = "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"
            + "|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))";
    private static final String DATE = "[0-9]{4}-" + MONTH_AND_DAY;
    private static final String TIME =
            "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])";
    private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
    private static final String LABEL = "[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?";
    private static final Map<String, String> FORMATS = Map.of(
            "date", DATE,
            "time", TIME,
            "date-time", DATE + "T" + TIME,
            "uuid", "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            "ipv4", OCTET + "\\." + OCTET + "\\." + OCTET + "\\." + OCTET,
            "email", "[a-zA-Z0-9]([a-zA-Z0-9._+-]{0,40}[a-zA-Z0-9])?@(" + LABEL + "\\.){1,3}[a-z]{2,10}",
            "hostname", "(" + LABEL + "\\.){0,4}" + LABEL,
            "uri", "https?://(" + LABEL + "\\.){1,4}[a-z]{2,10}(/[a-zA-Z0-9._~-]{0,40}){0,8}");

    private final Rules rules;

    ValueSchemas(Rules rules) {
        this.rules = rules;
    }

    Expr string(ObjectNode schema, String path) {
        boolean bounded = schema.has("minLength") || schema.has("maxLength");
        boolean patterned = schema.has("pattern");
        boolean formatted = schema.has("format");
        if ((patterned && (bounded || formatted)) || (formatted && bounded)) {
            throw SchemaCompiler.problem(
                    path, "of 'pattern', 'format' and bounds of the length, only one is supported at a time");
        }
        if (patterned) {
            return quoted(RegexCompiler.containing(schema.path("pattern").asText()));
        }
        if (formatted) {
            String format = schema.path("format").asText();
            String pattern = FORMATS.get(format);
            if (pattern == null) {
                throw SchemaCompiler.problem(
                        path,
                        "the format '" + format + "' is not supported, only "
                                + FORMATS.keySet().stream().sorted().toList());
            }
            return quoted(RegexCompiler.containing("^(" + pattern + ")$"));
        }
        int min = length(schema, "minLength", 0, path);
        int max = length(schema, "maxLength", Expr.ANY_NUMBER, path);
        if (max != Expr.ANY_NUMBER && max < min) {
            throw SchemaCompiler.problem(path, "'maxLength' is less than 'minLength'");
        }
        return JsonText.string(rules, min, max);
    }

    private Expr quoted(Expr inner) {
        return rules.rule("text", Expr.seq(Expr.literal("\""), inner, Expr.literal("\"")));
    }

    private static int length(ObjectNode schema, String keyword, int fallback, String path) {
        JsonNode node = schema.path(keyword);
        if (node.isMissingNode()) {
            return fallback;
        }
        if (!node.canConvertToInt() || node.asInt() < 0 || node.doubleValue() != Math.rint(node.doubleValue())) {
            throw SchemaCompiler.problem(path, "'" + keyword + "' must be an integer of at least 0");
        }
        if (node.asInt() > LONGEST_BOUND) {
            if (keyword.equals("maxLength")) {
                throw SchemaCompiler.problem(path, "'maxLength' above " + LONGEST_BOUND + " is not supported");
            }
            throw SchemaCompiler.problem(path, "'minLength' above " + LONGEST_BOUND + " is not supported");
        }
        return node.asInt();
    }

    Expr number(ObjectNode schema, boolean integer, String path) {
        JsonNode multiple = schema.path("multipleOf");
        boolean whole = integer;
        if (!multiple.isMissingNode()) {
            if (!multiple.isNumber() || multiple.doubleValue() != 1) {
                throw SchemaCompiler.problem(path, "'multipleOf' other than 1 is not supported");
            }
            whole = true;
        }
        Bound low = bound(schema, "minimum", "exclusiveMinimum", Bound.lowest(), path);
        Bound high = bound(schema, "maximum", "exclusiveMaximum", Bound.highest(), path);
        boolean free = low.equals(Bound.lowest()) && high.equals(Bound.highest());
        if (free) {
            return whole ? JsonText.integer(rules) : JsonText.number(rules);
        }
        return rules.rule("number", whole ? NumberRanges.integers(low, high) : NumberRanges.decimals(low, high));
    }

    private static Bound bound(ObjectNode schema, String closed, String open, Bound none, String path) {
        JsonNode inclusive = schema.path(closed);
        JsonNode exclusive = schema.path(open);
        boolean isLow = closed.equals("minimum");
        Bound bound = none;
        if (!inclusive.isMissingNode()) {
            bound = new Bound(decimal(inclusive, closed, path), exclusive.isBoolean() && exclusive.booleanValue());
        }
        if (!exclusive.isMissingNode() && !exclusive.isBoolean()) {
            Bound other = new Bound(decimal(exclusive, open, path), true);
            int order = other.value().compareTo(bound.value());
            boolean tighter = bound.equals(none) || order == 0 || (isLow ? order > 0 : order < 0);
            bound = tighter ? other : bound;
        }
        return bound;
    }

    private static BigDecimal decimal(JsonNode node, String keyword, String path) {
        if (!node.isNumber()) {
            throw SchemaCompiler.problem(path, "'" + keyword + "' must be a number");
        }
        BigDecimal value = node.decimalValue();
        if (value.abs().compareTo(new BigDecimal("1e15")) >= 0
                || value.stripTrailingZeros().scale() > 12) {
            throw SchemaCompiler.problem(path, "'" + keyword + "' must be below 1e15 and have at most 12 decimals");
        }
        return value;
    }
}
