package dev.vidda.gateway.openai;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.vidda.gateway.message.ToolFormat;
import dev.vidda.gateway.schema.Rules;
import dev.vidda.gateway.schema.SchemaCompiler;
import dev.vidda.gateway.schema.SchemaException;
import dev.vidda.gateway.schema.Until;
import dev.vidda.protocol.grammar.Expr;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tool calls as a grammar, in the way the model writes them. */
final class ToolGrammar {
    private final Rules rules;
    private final ToolFormat format;
    private final Tools tools;

    ToolGrammar(Rules rules, ToolFormat format, Tools tools) {
        this.rules = rules;
        this.format = format;
        this.tools = tools;
    }

    /** One call, or several where that is allowed, and nothing else. */
    Expr calls() {
        Shape shape = shape();
        return Expr.seq(Expr.literal(shape.begin()), behindBegin(shape));
    }

    /** Any text, in which calls are as they should be; empty where calls cannot be told from text in time. */
    Optional<Expr> maybeCalls() {
        Shape shape = shape();
        return shape.begin().isEmpty()
                ? Optional.empty()
                : Optional.of(Until.maybeMarker(rules, shape.begin(), rules.rule("calls", behindBegin(shape))));
    }

    /**
     * @param begin what all calls begin with
     * @param before what each call begins with
     * @param behindName what stands between the function's name and its arguments
     * @param behind what each call ends with
     * @param between what stands between calls
     * @param end what all calls end with
     */
    private record Shape(String begin, String before, String behindName, String behind, String between, String end) {}

    private Shape shape() {
        return switch (format) {
            case HERMES ->
                new Shape(
                        "<tool_call>",
                        "\n{\"name\": \"",
                        "\", \"arguments\": ",
                        "}\n</tool_call>",
                        "\n<tool_call>",
                        "");
            case LLAMA3 -> new Shape("", "{\"name\": \"", "\", \"parameters\": ", "}", "; ", "");
            case DEEPSEEK ->
                new Shape(
                        "<｜tool▁calls▁begin｜>",
                        "<｜tool▁call▁begin｜>function<｜tool▁sep｜>",
                        "\n```json\n",
                        "\n```<｜tool▁call▁end｜>",
                        "\n",
                        "<｜tool▁calls▁end｜>");
            case DEEPSEEK_V31 ->
                new Shape(
                        "<｜tool▁calls▁begin｜>",
                        "<｜tool▁call▁begin｜>",
                        "<｜tool▁sep｜>",
                        "<｜tool▁call▁end｜>",
                        "",
                        "<｜tool▁calls▁end｜>");
        };
    }

    private Expr behindBegin(Shape shape) {
        List<Expr> choices = new ArrayList<>();
        for (Tools.Tool tool : callable()) {
            String name = TextNode.valueOf(tool.name()).toString();
            choices.add(Expr.seq(
                    Expr.literal(shape.before() + name.substring(1, name.length() - 1) + shape.behindName()),
                    arguments(tool)));
        }
        Expr call = rules.rule("call", Expr.seq(Expr.alt(choices), Expr.literal(shape.behind())));
        boolean several = tools.parallel() && !(tools.choice() instanceof Tools.Choice.Named);
        Expr more = several ? Expr.star(Expr.seq(Expr.literal(shape.between()), call)) : Expr.EMPTY;
        return Expr.seq(call, more, Expr.literal(shape.end()));
    }

    private List<Tools.Tool> callable() {
        return tools.choice() instanceof Tools.Choice.Named named
                ? tools.tools().stream()
                        .filter(tool -> tool.name().equals(named.name()))
                        .toList()
                : tools.tools();
    }

    /** A schema that cannot be kept is refused only where the client insists on it. */
    private Expr arguments(Tools.Tool tool) {
        try {
            return new SchemaCompiler(rules, OutputGrammar.parameters(tool)).compile();
        } catch (SchemaException e) {
            if (tool.strict()) {
                throw e;
            }
            return SchemaCompiler.anyObject(rules);
        }
    }
}
