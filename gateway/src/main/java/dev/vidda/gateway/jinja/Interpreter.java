package dev.vidda.gateway.jinja;

import dev.vidda.gateway.jinja.Statement.Flow;
import dev.vidda.gateway.jinja.Statement.Signature;
import dev.vidda.gateway.jinja.Statement.Target;
import dev.vidda.gateway.jinja.Value.Dict;
import dev.vidda.gateway.jinja.Value.Namespace;
import dev.vidda.gateway.jinja.Value.Str;
import dev.vidda.gateway.jinja.Value.Undefined;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Executes statements, once: an interpreter belongs to one rendering. */
final class Interpreter {

    private final Budget budget;
    private final Evaluator evaluator;
    private final Map<List<Statement>, Set<String>> unset;
    private StringBuilder out = new StringBuilder();

    /** @param unset the names that begin undefined in a body, see {@link FrameAnalysis} */
    Interpreter(Limits limits, Map<List<Statement>, Set<String>> unset) {
        this.unset = unset;
        this.budget = new Budget(limits);
        this.evaluator = new Evaluator(budget);
    }

    /** Offset of what was executed last. */
    int at() {
        return evaluator.at();
    }

    String render(List<Statement> template, Scope globals) {
        execute(template, open(template, globals));
        return out.toString();
    }

    /** A scope for a body. */
    private Scope open(List<Statement> body, Scope outer) {
        Scope scope = new Scope(outer);
        if (!unset.isEmpty()) {
            unset.getOrDefault(body, Set.of()).forEach(name -> scope.set(name, Undefined.variable(name)));
        }
        return scope;
    }

    private Flow execute(List<Statement> body, Scope scope) {
        for (Statement statement : body) {
            budget.step();
            evaluator.moveTo(statement.at());
            Flow flow = execute(statement, scope);
            if (flow != Flow.NORMAL) {
                return flow;
            }
        }
        return Flow.NORMAL;
    }

    private Flow execute(Statement statement, Scope scope) {
        return switch (statement) {
            case Statement.Text text -> write(text.text());
            case Statement.Print print -> write(Types.text(evaluator.evaluate(print.expression(), scope)));
            case Statement.If choice -> choose(choice, scope);
            case Statement.For loop -> loop(loop, scope);
            case Statement.Jump jump -> jump.flow();
            case Statement.Set set -> assign(set.target(), evaluator.evaluate(set.value(), scope), scope);
            case Statement.SetBlock set -> setBlock(set, scope);
            case Statement.With with -> with(with, scope);
            case Statement.FilterBlock block -> filterBlock(block, scope);
            case Statement.Scoped scoped -> nested(scoped.body(), open(scoped.body(), scope));
            case Statement.Macro macro -> define(macro, scope);
            case Statement.CallBlock block -> callBlock(block, scope);
        };
    }

    private Flow write(String text) {
        budget.checkLength((long) out.length() + text.length());
        out.append(text);
        return Flow.NORMAL;
    }

    private Flow nested(List<Statement> body, Scope scope) {
        budget.enter();
        Flow flow = execute(body, scope);
        budget.leave();
        return flow;
    }

    private Flow choose(Statement.If choice, Scope scope) {
        for (Statement.If.Branch branch : choice.branches()) {
            if (Types.isTrue(evaluator.evaluate(branch.test(), scope))) {
                return nested(branch.body(), scope);
            }
        }
        return nested(choice.otherwise(), scope);
    }

    private Flow loop(Statement.For loop, Scope scope) {
        Value items = evaluator.evaluate(loop.items(), scope);
        evaluator.moveTo(loop.at());
        if (loop.recursive()) {
            return write(Types.text(renderRecursive(loop, items, 0, scope)));
        }
        return loop(loop, items, new Looping(0, null), scope);
    }

    /** How deep a recursive loop is, and how it goes deeper. */
    private record Looping(int depth0, LoopState.@Nullable Recursion recursion) {}

    private Value renderRecursive(Statement.For loop, Value items, int depth0, Scope scope) {
        StringBuilder outer = out;
        out = new StringBuilder();
        budget.enter();
        loop(loop, items, new Looping(depth0, (inner, depth) -> renderRecursive(loop, inner, depth, scope)), scope);
        budget.leave();
        String text = out.toString();
        out = outer;
        return Str.of(text);
    }

    private Flow loop(Statement.For loop, Value items, Looping looping, Scope scope) {
        Expression test = loop.test();
        Iterator<Value> iterator = Types.iterate(items);
        if (test != null) {
            Iterator<Value> all = iterator;
            iterator = new LazyFilter(all, item -> passes(loop, test, item, scope));
        }
        OptionalInt length = test == null ? Types.lengthIfAny(items) : OptionalInt.empty();
        LoopState state = new LoopState(iterator, length, looping.depth0(), looping.recursion());
        boolean completed = false;
        Flow flow = Flow.NORMAL;
        while (flow != Flow.BREAK && state.hasNext()) {
            budget.step();
            Scope inner = open(loop.body(), scope);
            inner.set("loop", state);
            assign(loop.target(), state.next(), inner);
            flow = nested(loop.body(), inner);
            completed |= flow == Flow.NORMAL;
        }
        // As in jinja2, a loop whose every iteration was left early counts as one without items.
        return completed ? Flow.NORMAL : nested(loop.otherwise(), open(loop.otherwise(), scope));
    }

    private boolean passes(Statement.For loop, Expression test, Value item, Scope scope) {
        budget.step();
        Scope inner = new Scope(scope);
        assign(loop.target(), item, inner);
        return Types.isTrue(evaluator.evaluate(test, inner));
    }

    private Flow assign(Target target, Value value, Scope scope) {
        switch (target) {
            case Target.Variable variable -> scope.set(variable.name(), value);
            case Target.Attribute attribute -> {
                evaluator.moveTo(attribute.at());
                Value object = scope.get(attribute.namespace());
                if (!(object instanceof Namespace namespace)) {
                    throw object == null
                            ? Undefined.variable(attribute.namespace()).failure()
                            : new Failure("cannot assign attribute on non-namespace object");
                }
                namespace.attributes().put(attribute.name(), value);
            }
            case Target.Unpacked unpacked -> {
                evaluator.moveTo(unpacked.at());
                List<Value> values = Types.items(value);
                if (values.size() != unpacked.targets().size()) {
                    throw new Failure(
                            "expected " + unpacked.targets().size() + " values to unpack, not " + values.size());
                }
                for (int i = 0; i < values.size(); i++) {
                    assign(unpacked.targets().get(i), values.get(i), scope);
                }
            }
        }
        return Flow.NORMAL;
    }

    /** Executes a body whose text goes to {@code then} rather than to the output. */
    private Flow capture(List<Statement> body, Scope scope, Consumer<String> then) {
        StringBuilder outer = out;
        out = new StringBuilder();
        Flow flow = nested(body, scope);
        String text = out.toString();
        out = outer;
        if (flow == Flow.NORMAL) {
            then.accept(text);
        }
        return flow;
    }

    private Flow setBlock(Statement.SetBlock set, Scope scope) {
        Scope inner = open(set.body(), scope);
        return capture(
                set.body(),
                inner,
                text -> assign(set.target(), evaluator.evaluateCaptured(set.value(), text, inner), scope));
    }

    private Flow filterBlock(Statement.FilterBlock block, Scope scope) {
        Scope inner = open(block.body(), scope);
        return capture(
                block.body(), inner, text -> write(Types.text(evaluator.evaluateCaptured(block.value(), text, inner))));
    }

    private Flow with(Statement.With with, Scope scope) {
        Scope inner = open(with.body(), scope);
        for (int i = 0; i < with.targets().size(); i++) {
            assign(with.targets().get(i), evaluator.evaluate(with.values().get(i), scope), inner);
        }
        return nested(with.body(), inner);
    }

    private Flow define(Statement.Macro macro, Scope scope) {
        scope.set(macro.name(), function("macro '" + macro.name() + "'", macro.signature(), scope));
        return Flow.NORMAL;
    }

    private Flow callBlock(Statement.CallBlock block, Scope scope) {
        Value caller = function("the caller's block", block.signature(), scope);
        return write(Types.text(evaluator.call(block.call(), scope, caller)));
    }

    private Value.Function function(String description, Signature signature, Scope definition) {
        return new Value.Function(
                description, arguments -> invoke(arguments.forwardTo(description), signature, definition));
    }

    private Value invoke(Arguments arguments, Signature signature, Scope definition) {
        Scope scope = open(signature.body(), definition);
        int place = evaluator.at();
        bind(arguments, signature, scope);
        StringBuilder outer = out;
        out = new StringBuilder();
        nested(signature.body(), scope);
        String text = out.toString();
        out = outer;
        evaluator.moveTo(place);
        return Str.of(text);
    }

    private void bind(Arguments arguments, Signature signature, Scope scope) {
        for (Signature.Parameter parameter : signature.parameters()) {
            Value value = arguments.take(parameter.name());
            scope.set(
                    parameter.name(),
                    value == null
                            ? new Undefined("parameter " + Python.repr(parameter.name()) + " was not provided")
                            : value);
            if (value == null && parameter.otherwise() != null) {
                scope.set(parameter.name(), evaluator.evaluate(parameter.otherwise(), scope));
            }
        }
        Signature.Extras extras = signature.extras();
        if (extras.caller()) {
            Value caller = arguments.takeNamed("caller");
            scope.set("caller", caller == null ? new Undefined("No caller defined") : caller);
        }
        if (extras.named()) {
            scope.set("kwargs", Dict.ofNamed(arguments.takeNamed()));
        }
        if (extras.positional()) {
            scope.set("varargs", new Value.Tuple(arguments.takeRest()));
        }
        arguments.done();
    }
}
