package dev.vidda.gateway.jinja;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Variables of a template, loop body, block or macro, and through the parent those around it. Setting a variable never
 * touches the parent: only namespaces carry values out of a scope.
 */
final class Scope {

    private final @Nullable Scope parent;
    private final Map<String, Value> variables = new HashMap<>();

    Scope(@Nullable Scope parent) {
        this.parent = parent;
    }

    @Nullable
    Value get(String name) {
        for (Scope scope = this; scope != null; scope = scope.parent) {
            Value value = scope.variables.get(name);
            if (value != null) {
                return value;
            }
        }
        return null;
    }

    void set(String name, Value value) {
        variables.put(name, value);
    }
}
