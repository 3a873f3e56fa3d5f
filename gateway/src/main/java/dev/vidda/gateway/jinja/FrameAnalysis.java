package dev.vidda.gateway.jinja;

import dev.vidda.gateway.jinja.Statement.Signature;
import dev.vidda.gateway.jinja.Statement.Target;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which variables begin undefined in which body. jinja2 decides at compile time what a name means in a frame (a template,
 * loop, block or macro body): a name that the frame sets, before it reads it and outside of any {@code if}, is the
 * frame's own from its beginning, even if a variable outside has that name. Blocks inside of the frame that read it
 * before it is set find it undefined, where a search from scope to scope would find the one outside.
 */
final class FrameAnalysis {

    /** A frame's names as far as they matter here. */
    private static final class Frame {
        private final @Nullable Frame outer;
        private final Set<String> known = new HashSet<>();
        private final Set<String> unset = new HashSet<>();

        private Frame(@Nullable Frame outer) {
            this.outer = outer;
        }

        private boolean knows(String name) {
            return known.contains(name) || (outer != null && outer.knows(name));
        }

        private void set(String name, boolean conditional) {
            if (!conditional && !knows(name)) {
                unset.add(name);
            }
            known.add(name);
        }
    }

    private final Map<List<Statement>, Set<String>> unset = new IdentityHashMap<>();

    private FrameAnalysis() {}

    /** The names that begin undefined, by body; bodies without such names are absent. */
    static Map<List<Statement>, Set<String>> of(List<Statement> template) {
        FrameAnalysis analysis = new FrameAnalysis();
        analysis.frame(template, null, Set.of());
        return analysis.unset;
    }

    private void frame(List<Statement> body, @Nullable Frame outer, Set<String> parameters) {
        Frame frame = new Frame(outer);
        frame.known.addAll(parameters);
        body.forEach(statement -> visit(statement, frame, false));
        if (!frame.unset.isEmpty()) {
            unset.put(body, frame.unset);
        }
        body.forEach(statement -> descend(statement, frame));
    }

    /** What a statement reads and sets in its own frame. */
    private static void visit(Statement statement, Frame frame, boolean conditional) {
        switch (statement) {
            case Statement.Print print -> reads(print.expression(), frame);
            case Statement.Set set -> {
                reads(set.value(), frame);
                sets(set.target(), frame, conditional);
            }
            case Statement.SetBlock set -> sets(set.target(), frame, conditional);
            case Statement.Macro macro -> frame.set(macro.name(), conditional);
            case Statement.If choice -> {
                for (Statement.If.Branch branch : choice.branches()) {
                    reads(branch.test(), frame);
                    branch.body().forEach(inner -> visit(inner, frame, true));
                }
                choice.otherwise().forEach(inner -> visit(inner, frame, true));
            }
            case Statement.For loop -> reads(loop.items(), frame);
            case Statement.With with -> with.values().forEach(value -> reads(value, frame));
            case Statement.FilterBlock block -> reads(block.value(), frame);
            case Statement.CallBlock block -> reads(block.call(), frame);
            case Statement.Text _, Statement.Jump _, Statement.Scoped _ -> {}
        }
    }

    private static void sets(Target target, Frame frame, boolean conditional) {
        switch (target) {
            case Target.Variable variable -> frame.set(variable.name(), conditional);
            case Target.Attribute attribute -> frame.known.add(attribute.namespace());
            case Target.Unpacked unpacked -> unpacked.targets().forEach(each -> sets(each, frame, conditional));
        }
    }

    private static void reads(Expression expression, Frame frame) {
        ExpressionNames.collect(expression, frame.known);
    }

    /** The frames inside of a statement. */
    private void descend(Statement statement, Frame frame) {
        switch (statement) {
            case Statement.If choice -> {
                choice.branches().forEach(branch -> branch.body().forEach(inner -> descend(inner, frame)));
                choice.otherwise().forEach(inner -> descend(inner, frame));
            }
            case Statement.For loop -> {
                Set<String> targets = new HashSet<>(Set.of("loop"));
                names(loop.target(), targets);
                frame(loop.body(), frame, targets);
                frame(loop.otherwise(), frame, Set.of());
            }
            case Statement.SetBlock set -> frame(set.body(), frame, Set.of());
            case Statement.With with -> {
                Set<String> targets = new HashSet<>();
                with.targets().forEach(target -> names(target, targets));
                frame(with.body(), frame, targets);
            }
            case Statement.FilterBlock block -> frame(block.body(), frame, Set.of());
            case Statement.Scoped scoped -> frame(scoped.body(), frame, Set.of());
            case Statement.Macro macro -> function(macro.signature(), frame);
            case Statement.CallBlock block -> function(block.signature(), frame);
            case Statement.Text _, Statement.Print _, Statement.Jump _, Statement.Set _ -> {}
        }
    }

    private void function(Signature signature, Frame outer) {
        Set<String> names = new HashSet<>();
        for (Signature.Parameter parameter : signature.parameters()) {
            names.add(parameter.name());
            if (parameter.otherwise() != null) {
                ExpressionNames.collect(parameter.otherwise(), names);
            }
        }
        frame(signature.body(), outer, names);
    }

    private static void names(Target target, Set<String> names) {
        switch (target) {
            case Target.Variable variable -> names.add(variable.name());
            case Target.Attribute attribute -> names.add(attribute.namespace());
            case Target.Unpacked unpacked -> unpacked.targets().forEach(each -> names(each, names));
        }
    }
}
