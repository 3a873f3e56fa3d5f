package dev.vidda.gateway.jinja;

import dev.vidda.gateway.jinja.Expression.Actual;
import dev.vidda.gateway.jinja.Expression.Literal;
import dev.vidda.gateway.jinja.Value.Str;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds, while a template is parsed, the methods and functions it calls that nothing here provides, so that it is
 * refused before its first rendering and not when a conversation first reaches the call.
 */
final class NameCheck {

    private static final Set<String> MISSING_GLOBALS = Set.of("lipsum", "cycler", "joiner");

    private final Source source;
    private final Set<String> holders = new HashSet<>();
    private final List<String> read = new ArrayList<>();
    private final Map<String, Integer> calledMethods = new LinkedHashMap<>();
    private final Map<String, Integer> calledFunctions = new LinkedHashMap<>();

    NameCheck(Source source) {
        this.source = source;
    }

    /** Notes a name, variable or attribute, under which the template itself may keep a function. */
    void mayHoldFunction(String name) {
        holders.add(name);
    }

    void mayHoldFunction(Expression key) {
        if (key instanceof Literal literal && literal.value() instanceof Str name) {
            holders.add(name.text());
        }
    }

    /** Notes a variable that an expression reads. */
    void reads(String name) {
        read.add(name);
    }

    /** How many variables were read so far, for {@link #readSince}. */
    int mark() {
        return read.size();
    }

    boolean readSince(int mark, String name) {
        return read.subList(mark, read.size()).contains(name);
    }

    void called(Expression callee, int at) {
        switch (callee) {
            case Expression.Attribute attribute -> calledMethods.putIfAbsent(attribute.name(), at);
            case Expression.Item item
            when item.key() instanceof Literal key && key.value() instanceof Str name ->
                calledMethods.putIfAbsent(name.text(), at);
            case Expression.Name name -> calledFunctions.putIfAbsent(name.name(), at);
            default -> {}
        }
    }

    /** Checks the name given to {@code map}, {@code select} and their kin, where it is a constant. */
    void checkMapped(Token filter, Actual arguments) {
        int index = switch (filter.text()) {
            case "map", "select", "reject" -> 0;
            case "selectattr", "rejectattr" -> 1;
            default -> Integer.MAX_VALUE;
        };
        if (index >= arguments.positional().size()
                || !(arguments.positional().get(index) instanceof Literal literal)
                || !(literal.value() instanceof Str name)) {
            return;
        }
        boolean isFilter = filter.text().equals("map");
        if (!(isFilter ? Filters.names() : Tests.names()).contains(name.text())) {
            throw source.error(
                    "the " + (isFilter ? "filter '" : "test '") + name.text() + "' is not supported", literal.at());
        }
    }

    /** Refuses what the whole template has called and nothing provides. */
    void finish() {
        calledMethods.forEach((name, at) -> {
            if (!Methods.isKnown(name) && !holders.contains(name)) {
                throw source.error("the method '" + name + "' is not supported", at);
            }
        });
        calledFunctions.forEach((name, at) -> {
            if (MISSING_GLOBALS.contains(name) && !holders.contains(name)) {
                throw source.error("the function '" + name + "' is not supported", at);
            }
        });
    }
}
