package dev.vidda.gateway.jinja;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A part of a template that writes text or changes variables; {@code at} is its offset in the source. */
sealed interface Statement {

    int at();

    /** Text as it stands. */
    record Text(int at, String text) implements Statement {}

    /** {@code {{ expression }}}. */
    record Print(int at, Expression expression) implements Statement {}

    /** {@code if}, {@code elif}, {@code else}: the first branch whose test is true. */
    record If(int at, List<Branch> branches, List<Statement> otherwise) implements Statement {

        /** A test and what it guards. */
        record Branch(Expression test, List<Statement> body) {}
    }

    /**
     * {@code for target in items if test}.
     *
     * @param otherwise what to do when there was no item
     * @param recursive whether the body may call {@code loop(items)}
     */
    record For(
            int at,
            Target target,
            Expression items,
            @Nullable Expression test,
            List<Statement> body,
            List<Statement> otherwise,
            boolean recursive)
            implements Statement {}

    /** {@code break} or {@code continue}. */
    record Jump(int at, Flow flow) implements Statement {}

    /** {@code set target = value}. */
    record Set(int at, Target target, Expression value) implements Statement {}

    /** {@code set target}...{@code endset}; {@code value} is what becomes of the text. */
    record SetBlock(int at, Target target, Expression value, List<Statement> body) implements Statement {}

    /** {@code with targets = values}. */
    record With(int at, List<Target> targets, List<Expression> values, List<Statement> body) implements Statement {}

    /** {@code filter name}; {@code value} is what becomes of the text. */
    record FilterBlock(int at, Expression value, List<Statement> body) implements Statement {}

    /** A body with variables of its own: {@code generation}. */
    record Scoped(int at, List<Statement> body) implements Statement {}

    /** {@code macro name(parameters)}. */
    record Macro(int at, String name, Signature signature) implements Statement {}

    /** {@code call(parameters) callee(arguments)}. */
    record CallBlock(int at, Expression.Call call, Signature signature) implements Statement {}

    /** What a macro, or the block of a call, takes and does. */
    record Signature(List<Parameter> parameters, List<Statement> body, Extras extras) {

        /** Whether the body looks at arguments beyond its parameters: {@code varargs}, {@code kwargs}, {@code caller}. */
        record Extras(boolean positional, boolean named, boolean caller) {}

        /** A parameter and its default. */
        record Parameter(String name, @Nullable Expression otherwise) {}
    }

    /** What can be assigned to. */
    sealed interface Target {

        /** A variable. */
        record Variable(int at, String name) implements Target {}

        /** An attribute of a namespace. */
        record Attribute(int at, String namespace, String name) implements Target {}

        /** Several at once. */
        record Unpacked(int at, List<Target> targets) implements Target {}
    }

    /** How a statement ended. */
    enum Flow {
        NORMAL,
        BREAK,
        CONTINUE
    }
}
