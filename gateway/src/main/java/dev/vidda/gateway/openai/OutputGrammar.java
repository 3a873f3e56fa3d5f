package dev.vidda.gateway.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vidda.gateway.message.Reasoning;
import dev.vidda.gateway.message.ToolFormat;
import dev.vidda.gateway.schema.RegexCompiler;
import dev.vidda.gateway.schema.Rules;
import dev.vidda.gateway.schema.SchemaCompiler;
import dev.vidda.gateway.schema.SchemaException;
import dev.vidda.gateway.schema.Until;
import dev.vidda.protocol.grammar.Automaton;
import dev.vidda.protocol.grammar.Expr;
import dev.vidda.protocol.grammar.Grammar;
import dev.vidda.protocol.grammar.GrammarText;
import java.util.List;
import java.util.Optional;

/** The grammar of an answer: its output format, the tool calls it must or may make, and the reasoning before them. */
final class OutputGrammar {
    private static final String THINK = "<think>";
    private static final String THINK_END = "</think>";

    private final Rules rules = new Rules();
    private final Optional<ToolFormat> format;
    private final Tools tools;

    private OutputGrammar(Optional<ToolFormat> format, Tools tools) {
        this.format = format;
        this.tools = tools;
    }

    /**
     * The grammar as text; empty where any text will do.
     *
     * @throws ApiException with status 400 if there is none
     */
    static Optional<String> of(OutputFormat output, Tools tools, Optional<ToolFormat> format, Reasoning reasoning) {
        return new OutputGrammar(format, tools).grammar(output, reasoning);
    }

    private Optional<String> grammar(OutputFormat output, Reasoning reasoning) {
        String param = param(output);
        try {
            Optional<Expr> answer = answer(output);
            if (answer.isEmpty()) {
                return Optional.empty();
            }
            Grammar grammar = rules.grammar(withReasoning(answer.get(), reasoning));
            // What cannot be used is refused here, before the scheduler is asked.
            new Automaton(grammar);
            return Optional.of(GrammarText.print(grammar));
        } catch (SchemaException e) {
            throw new ApiException(ApiError.unsupported(param, String.valueOf(e.getMessage())));
        } catch (IllegalArgumentException e) {
            throw new ApiException(
                    ApiError.unsupported(param, "'" + param + "' cannot be used: " + e.getMessage() + "."));
        }
    }

    private String param(OutputFormat output) {
        return switch (output) {
            case OutputFormat.Free _ -> "tools";
            case OutputFormat.JsonObject json -> json.param();
            case OutputFormat.Schema schema -> schema.param();
            case OutputFormat.Regex regex -> regex.param();
            case OutputFormat.Choice choice -> choice.param();
        };
    }

    private Optional<Expr> answer(OutputFormat output) {
        Optional<Expr> text = text(output);
        boolean offered = !tools.offered().isEmpty() && format.isPresent();
        if (!offered) {
            return text;
        }
        ToolGrammar calls = new ToolGrammar(rules, format.get(), tools);
        if (tools.forced()) {
            return Optional.of(calls.calls());
        }
        if (text.isPresent()) {
            return Optional.of(Expr.alt(List.of(calls.calls(), text.get())));
        }
        return tools.tools().stream().anyMatch(Tools.Tool::strict) ? calls.maybeCalls() : Optional.empty();
    }

    private Optional<Expr> text(OutputFormat output) {
        return switch (output) {
            case OutputFormat.Free _ -> Optional.empty();
            case OutputFormat.JsonObject _ -> Optional.of(SchemaCompiler.anyObject(rules));
            case OutputFormat.Schema schema -> Optional.of(new SchemaCompiler(rules, schema.schema()).compile());
            case OutputFormat.Regex regex -> Optional.of(RegexCompiler.whole(regex.pattern()));
            case OutputFormat.Choice choice ->
                Optional.of(Expr.alt(choice.texts().stream().map(Expr::literal).toList()));
        };
    }

    /** Reasoning is free: the grammar holds for what follows. */
    private Expr withReasoning(Expr answer, Reasoning reasoning) {
        if (reasoning == Reasoning.NONE) {
            return answer;
        }
        Expr space = Expr.seq(new Expr.Repeat(Expr.literal("\n"), 0, 2), answer);
        Expr thinking = Until.marker(rules, THINK_END, rules.rule("answer", space));
        return reasoning == Reasoning.OPEN
                ? thinking
                : Expr.alt(List.of(Expr.seq(Expr.literal(THINK), thinking), answer));
    }

    /** The schema of a tool's arguments; one that takes none has an empty object. */
    static ObjectNode parameters(Tools.Tool tool) {
        ObjectNode parameters = tool.parameters();
        if (parameters != null && !parameters.isEmpty()) {
            return parameters;
        }
        ObjectNode none = Json.MAPPER.createObjectNode().put("type", "object");
        none.putObject("properties");
        return none.put("additionalProperties", false);
    }
}
