package dev.vidda.gateway.jinja;

import dev.vidda.gateway.jinja.Statement.Flow;
import dev.vidda.gateway.jinja.Statement.If.Branch;
import dev.vidda.gateway.jinja.Statement.Signature;
import dev.vidda.gateway.jinja.Statement.Target;
import dev.vidda.gateway.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads statements; expressions are the {@link ExpressionParser}'s. */
final class Parser {

    private static final int DEEPEST = 60;

    private final Tokens tokens;
    private final NameCheck names;
    private final ExpressionParser expressions;
    private int depth;
    private int loops;

    private Parser(Source source) {
        this.tokens = new Tokens(source);
        this.names = new NameCheck(source);
        this.expressions = new ExpressionParser(tokens, names);
    }

    /** @throws TemplateSyntaxException when the template is malformed or uses what is not supported */
    static List<Statement> parse(Source source) {
        Parser parser = new Parser(source);
        List<Statement> body = parser.parseBody(Set.of(), source.text().length());
        parser.names.finish();
        return body;
    }

    /** Statements up to a tag named in {@code ends}, which is left to be read, or to the end of the template. */
    private List<Statement> parseBody(Set<String> ends, int opened) {
        if (++depth > DEEPEST) {
            throw tokens.error("blocks are nested deeper than " + DEEPEST + " levels", opened);
        }
        List<Statement> body = new ArrayList<>();
        while (!tokens.is(Kind.END)) {
            Token token = tokens.take();
            switch (token.kind()) {
                case DATA -> body.add(new Statement.Text(token.at(), token.text()));
                case PRINT_BEGIN -> {
                    body.add(new Statement.Print(token.at(), expressions.parseTuple(true)));
                    tokens.expect(Kind.PRINT_END, "'}}'");
                }
                case BLOCK_BEGIN -> {
                    if (tokens.is(Kind.NAME) && ends.contains(tokens.peek().text())) {
                        depth--;
                        return List.copyOf(body);
                    }
                    body.add(parseStatement(ends));
                    tokens.expect(Kind.BLOCK_END, "'%}'");
                }
                case PRINT_END, BLOCK_END, NAME, STRING, INTEGER, FLOAT, OPERATOR, END ->
                    throw tokens.error("unexpected " + token.describe(), token.at());
            }
        }
        if (!ends.isEmpty()) {
            throw tokens.error("a block is not closed with {% " + closing(ends) + " %}", opened);
        }
        depth--;
        return List.copyOf(body);
    }

    private static String closing(Set<String> ends) {
        return ends.stream().filter(end -> end.startsWith("end")).findFirst().orElseThrow();
    }

    private Statement parseStatement(Set<String> ends) {
        Token tag = tokens.expectName("the name of a tag");
        int at = tag.at();
        return switch (tag.text()) {
            case "if" -> parseIf(at);
            case "for" -> parseFor(at);
            case "break" -> jump(at, Flow.BREAK);
            case "continue" -> jump(at, Flow.CONTINUE);
            case "set" -> parseSet(at);
            case "with" -> parseWith(at);
            case "macro" -> parseMacro(at);
            case "call" -> parseCallBlock(at);
            case "filter" -> parseFilterBlock(at);
            case "generation" -> new Statement.Scoped(at, parseFunctionBody("endgeneration", at));
            case "print" -> new Statement.Print(at, expressions.parse());
            default ->
                throw tokens.error(
                        "the tag '" + tag.text() + "' is not supported here"
                                + (ends.isEmpty() ? "" : "; {% " + closing(ends) + " %} is missing before it"),
                        at);
        };
    }

    private List<Statement> parseBlock(Set<String> ends, int at) {
        tokens.takeOperator(":");
        tokens.expect(Kind.BLOCK_END, "'%}'");
        return parseBody(ends, at);
    }

    private List<Statement> parseBlock(String end, int at) {
        List<Statement> body = parseBlock(Set.of(end), at);
        tokens.take();
        return body;
    }

    /** A block that becomes a function in jinja2: no loop around it can be left from inside. */
    private List<Statement> parseFunctionBody(String end, int at) {
        int outer = loops;
        loops = 0;
        List<Statement> body = parseBlock(end, at);
        loops = outer;
        return body;
    }

    private Statement parseIf(int at) {
        List<Branch> branches = new ArrayList<>();
        Set<String> ends = Set.of("elif", "else", "endif");
        String next = "elif";
        while (next.equals("elif")) {
            Expression test = expressions.parseTuple(false);
            branches.add(new Branch(test, parseBlock(ends, at)));
            next = tokens.take().text();
        }
        List<Statement> otherwise = next.equals("else") ? parseBlock("endif", at) : List.of();
        return new Statement.If(at, List.copyOf(branches), otherwise);
    }

    private Statement parseFor(int at) {
        Target target = parseTarget(false);
        if (!tokens.takeName("in")) {
            throw tokens.unexpected("'in'");
        }
        Expression items = expressions.parseTuple(false);
        Expression test = tokens.takeName("if") ? expressions.parse() : null;
        boolean recursive = tokens.takeName("recursive");
        loops++;
        List<Statement> body = parseBlock(Set.of("else", "endfor"), at);
        loops--;
        List<Statement> otherwise = tokens.take().isName("else") ? parseBlock("endfor", at) : List.of();
        return new Statement.For(at, target, items, test, body, otherwise, recursive);
    }

    private Statement jump(int at, Flow flow) {
        if (loops == 0) {
            throw tokens.error("break and continue need a loop around them", at);
        }
        return new Statement.Jump(at, flow);
    }

    private Statement parseSet(int at) {
        Target target = parseTarget(true);
        if (tokens.takeOperator("=")) {
            return new Statement.Set(at, target, expressions.parseTuple(true));
        }
        Expression value = new Expression.Captured(at);
        while (tokens.takeOperator("|")) {
            value = expressions.parseFilter(value);
        }
        return new Statement.SetBlock(at, target, value, parseBlock("endset", at));
    }

    private Statement parseWith(int at) {
        List<Target> targets = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!tokens.is(Kind.BLOCK_END)) {
            if (!targets.isEmpty()) {
                tokens.expectOperator(",");
            }
            targets.add(parseTarget(false));
            tokens.expectOperator("=");
            values.add(expressions.parse());
        }
        return new Statement.With(at, List.copyOf(targets), List.copyOf(values), parseBlock("endwith", at));
    }

    private Statement parseMacro(int at) {
        String name = tokens.expectName("the name of a macro").text();
        names.mayHoldFunction(name);
        List<Signature.Parameter> parameters = parseParameters();
        return new Statement.Macro(at, name, parseSignature(parameters, "endmacro", at));
    }

    private Statement parseCallBlock(int at) {
        List<Signature.Parameter> parameters = tokens.isOperator("(") ? parseParameters() : List.of();
        Expression call = expressions.parse();
        if (!(call instanceof Expression.Call callee)) {
            throw tokens.error("the tag 'call' needs a call", at);
        }
        return new Statement.CallBlock(at, callee, parseSignature(parameters, "endcall", at));
    }

    private Signature parseSignature(List<Signature.Parameter> parameters, String end, int at) {
        int mark = names.mark();
        List<Statement> body = parseFunctionBody(end, at);
        Set<String> own = new HashSet<>();
        parameters.forEach(parameter -> own.add(parameter.name()));
        return new Signature(
                parameters,
                body,
                new Signature.Extras(
                        !own.contains("varargs") && names.readSince(mark, "varargs"),
                        !own.contains("kwargs") && names.readSince(mark, "kwargs"),
                        !own.contains("caller") && names.readSince(mark, "caller")));
    }

    private List<Signature.Parameter> parseParameters() {
        tokens.expectOperator("(");
        List<Signature.Parameter> parameters = new ArrayList<>();
        while (!tokens.takeOperator(")")) {
            if (!parameters.isEmpty()) {
                tokens.expectOperator(",");
            }
            Token name = tokens.expectName("a parameter");
            names.mayHoldFunction(name.text());
            Expression otherwise = tokens.takeOperator("=") ? expressions.parse() : null;
            if (otherwise == null
                    && !parameters.isEmpty()
                    && parameters.getLast().otherwise() != null) {
                throw tokens.error("a parameter without default stands behind one with", name.at());
            }
            parameters.add(new Signature.Parameter(name.text(), otherwise));
        }
        return List.copyOf(parameters);
    }

    private Statement parseFilterBlock(int at) {
        Expression value = expressions.parseFilter(new Expression.Captured(at));
        while (tokens.takeOperator("|")) {
            value = expressions.parseFilter(value);
        }
        return new Statement.FilterBlock(at, value, parseBlock("endfilter", at));
    }

    private Target parseTarget(boolean namespaces) {
        int at = tokens.peek().at();
        Target first = parseSingleTarget(namespaces);
        if (!tokens.isOperator(",")) {
            return first;
        }
        List<Target> targets = new ArrayList<>(List.of(first));
        while (tokens.takeOperator(",") && (tokens.is(Kind.NAME) || tokens.isOperator("(")) && !tokens.isName("in")) {
            targets.add(parseSingleTarget(namespaces));
        }
        return new Target.Unpacked(at, List.copyOf(targets));
    }

    private Target parseSingleTarget(boolean namespaces) {
        if (tokens.takeOperator("(")) {
            Target inside = parseTarget(namespaces);
            tokens.expectOperator(")");
            return inside;
        }
        Token name = tokens.expectName("the name of a variable");
        names.mayHoldFunction(name.text());
        switch (name.text()) {
            case "true", "false", "none", "True", "False", "None", "loop" ->
                throw tokens.error("cannot assign to '" + name.text() + "'", name.at());
            default -> {}
        }
        if (namespaces && tokens.takeOperator(".")) {
            Token attribute = tokens.expectName("the name of an attribute");
            names.mayHoldFunction(attribute.text());
            return new Target.Attribute(name.at(), name.text(), attribute.text());
        }
        return new Target.Variable(name.at(), name.text());
    }
}
