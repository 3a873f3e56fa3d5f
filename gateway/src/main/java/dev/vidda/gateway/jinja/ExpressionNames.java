package dev.vidda.gateway.jinja;

import dev.vidda.gateway.jinja.Expression.Actual;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The variables that an expression reads. */
final class ExpressionNames {

    private ExpressionNames() {}

    static void collect(@Nullable Expression expression, Set<String> names) {
        switch (expression) {
            case null -> {}
            case Expression.Literal _, Expression.Captured _ -> {}
            case Expression.Name e -> names.add(e.name());
            case Expression.Attribute e -> collect(e.object(), names);
            case Expression.Item e -> {
                collect(e.object(), names);
                collect(e.key(), names);
            }
            case Expression.Slice e -> {
                collect(e.object(), names);
                collect(e.start(), names);
                collect(e.stop(), names);
                collect(e.step(), names);
            }
            case Expression.Call e -> {
                collect(e.callee(), names);
                collect(e.arguments(), names);
            }
            case Expression.Filter e -> {
                collect(e.input(), names);
                collect(e.arguments(), names);
            }
            case Expression.Test e -> {
                collect(e.input(), names);
                collect(e.arguments(), names);
            }
            case Expression.Signed e -> collect(e.operand(), names);
            case Expression.Not e -> collect(e.operand(), names);
            case Expression.Binary e -> {
                collect(e.left(), names);
                collect(e.right(), names);
            }
            case Expression.Logical e -> {
                collect(e.left(), names);
                collect(e.right(), names);
            }
            case Expression.Comparisons e -> {
                collect(e.first(), names);
                e.steps().forEach(step -> collect(step.right(), names));
            }
            case Expression.Concatenation e -> e.parts().forEach(part -> collect(part, names));
            case Expression.Conditional e -> {
                collect(e.test(), names);
                collect(e.then(), names);
                collect(e.otherwise(), names);
            }
            case Expression.ListDisplay e -> e.items().forEach(item -> collect(item, names));
            case Expression.TupleDisplay e -> e.items().forEach(item -> collect(item, names));
            case Expression.DictDisplay e ->
                e.pairs().forEach(pair -> {
                    collect(pair.key(), names);
                    collect(pair.value(), names);
                });
        }
    }

    private static void collect(Actual arguments, Set<String> names) {
        arguments.positional().forEach(argument -> collect(argument, names));
        arguments.named().forEach(argument -> collect(argument.value(), names));
        collect(arguments.more(), names);
        collect(arguments.moreNamed(), names);
    }
}
