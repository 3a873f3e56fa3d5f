package dev.vidda.gateway.jinja;

import dev.vidda.gateway.jinja.Expression.Actual;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The variables that an expression reads. A work list rather than recursion: a long chain of operators is a deep tree. */
final class ExpressionNames {

    private final Deque<Expression> pending = new ArrayDeque<>();
    private final Set<String> names;

    private ExpressionNames(Set<String> names) {
        this.names = names;
    }

    static void collect(Expression expression, Set<String> names) {
        ExpressionNames collector = new ExpressionNames(names);
        collector.add(expression);
        while (!collector.pending.isEmpty()) {
            collector.visit(collector.pending.pop());
        }
    }

    private void visit(Expression expression) {
        switch (expression) {
            case Expression.Literal _, Expression.Captured _ -> {}
            case Expression.Name e -> names.add(e.name());
            case Expression.Attribute e -> add(e.object());
            case Expression.Item e -> add(e.object(), e.key());
            case Expression.Slice e -> add(e.object(), e.start(), e.stop(), e.step());
            case Expression.Call e -> add(e.callee(), e.arguments());
            case Expression.Filter e -> add(e.input(), e.arguments());
            case Expression.Test e -> add(e.input(), e.arguments());
            case Expression.Signed e -> add(e.operand());
            case Expression.Not e -> add(e.operand());
            case Expression.Binary e -> add(e.left(), e.right());
            case Expression.Logical e -> add(e.left(), e.right());
            case Expression.Comparisons e -> {
                add(e.first());
                e.steps().forEach(step -> add(step.right()));
            }
            case Expression.Concatenation e -> e.parts().forEach(this::add);
            case Expression.Conditional e -> add(e.test(), e.then(), e.otherwise());
            case Expression.ListDisplay e -> e.items().forEach(this::add);
            case Expression.TupleDisplay e -> e.items().forEach(this::add);
            case Expression.DictDisplay e -> e.pairs().forEach(pair -> add(pair.key(), pair.value()));
        }
    }

    private void add(Expression input, Actual arguments) {
        add(input, arguments.more(), arguments.moreNamed());
        arguments.positional().forEach(this::add);
        arguments.named().forEach(argument -> add(argument.value()));
    }

    private void add(@Nullable Expression... expressions) {
        for (Expression expression : expressions) {
            if (expression != null) {
                pending.push(expression);
            }
        }
    }
}
