package dev.vidda.gateway.jinja;

import dev.vidda.gateway.jinja.Expression.Actual;
import dev.vidda.gateway.jinja.Token.Kind;
import dev.vidda.gateway.jinja.Value.Bool;
import dev.vidda.gateway.jinja.Value.Int;
import dev.vidda.gateway.jinja.Value.None;
import dev.vidda.gateway.jinja.Value.Real;
import dev.vidda.gateway.jinja.Value.Str;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Reads what operators stand between: constants, names, displays, and the subscripts, calls, filters and tests behind them. */
final class OperandParser {

    private static final Set<String> RESERVED = Set.of("and", "or", "not", "if", "else", "elif", "in", "is");

    private final Tokens tokens;
    private final NameCheck names;
    private final ExpressionParser expressions;

    OperandParser(Tokens tokens, NameCheck names, ExpressionParser expressions) {
        this.tokens = tokens;
        this.names = names;
        this.expressions = expressions;
    }

    /** An operand with signs, postfixes, filters and tests. */
    Expression parse() {
        return parseFilters(parseSigned());
    }

    private Expression parseSigned() {
        Token token = tokens.peek();
        Expression operand;
        if (token.isOperator("-") || token.isOperator("+")) {
            tokens.take();
            expressions.enter(token.at());
            operand = new Expression.Signed(token.at(), token.text().equals("-"), parseSigned());
            expressions.leave();
        } else {
            operand = parsePrimary();
        }
        return parsePostfix(operand);
    }

    private Expression parsePrimary() {
        Token token = tokens.take();
        return switch (token.kind()) {
            case STRING -> new Expression.Literal(token.at(), parseString(token));
            case INTEGER -> new Expression.Literal(token.at(), integer(token));
            case FLOAT -> new Expression.Literal(token.at(), new Real(Double.parseDouble(token.text())));
            case NAME -> parseName(token);
            case OPERATOR -> parseDisplay(token);
            case DATA, PRINT_BEGIN, PRINT_END, BLOCK_BEGIN, BLOCK_END, END ->
                throw tokens.error("expected an expression, not " + token.describe(), token.at());
        };
    }

    private Value parseString(Token first) {
        StringBuilder text = new StringBuilder(first.text());
        while (tokens.is(Kind.STRING)) {
            text.append(tokens.take().text());
        }
        return Str.of(text.toString());
    }

    private Value integer(Token token) {
        String digits = token.text().toLowerCase(Locale.ROOT);
        if (digits.length() > 4000) {
            throw tokens.error("an integer of " + digits.length() + " digits is too long", token.at());
        }
        boolean prefixed = digits.length() > 1 && Character.isLetter(digits.charAt(1));
        int base = !prefixed ? 10 : digits.charAt(1) == 'x' ? 16 : digits.charAt(1) == 'o' ? 8 : 2;
        return new Int(new BigInteger(prefixed ? digits.substring(2) : digits, base));
    }

    private Expression parseName(Token token) {
        if (RESERVED.contains(token.text())) {
            throw tokens.error("expected an expression, not '" + token.text() + "'", token.at());
        }
        return switch (token.text()) {
            case "true", "True" -> new Expression.Literal(token.at(), Bool.TRUE);
            case "false", "False" -> new Expression.Literal(token.at(), Bool.FALSE);
            case "none", "None" -> new Expression.Literal(token.at(), None.NONE);
            default -> {
                names.reads(token.text());
                yield new Expression.Name(token.at(), token.text());
            }
        };
    }

    private Expression parseDisplay(Token open) {
        expressions.enter(open.at());
        Expression display = switch (open.text()) {
            case "(" -> parseParentheses(open);
            case "[" -> new Expression.ListDisplay(open.at(), parseItems("]"));
            case "{" -> parseDict(open);
            default -> throw tokens.error("expected an expression, not " + open.describe(), open.at());
        };
        expressions.leave();
        return display;
    }

    private Expression parseParentheses(Token open) {
        if (tokens.takeOperator(")")) {
            return new Expression.TupleDisplay(open.at(), List.of());
        }
        Expression inside = expressions.parseTuple(true);
        tokens.expectOperator(")");
        return inside;
    }

    private List<Expression> parseItems(String close) {
        List<Expression> items = new ArrayList<>();
        while (!tokens.takeOperator(close)) {
            if (!items.isEmpty()) {
                tokens.expectOperator(",");
                if (tokens.takeOperator(close)) {
                    break;
                }
            }
            items.add(expressions.parse());
        }
        return List.copyOf(items);
    }

    private Expression parseDict(Token open) {
        List<Expression.DictDisplay.Pair> pairs = new ArrayList<>();
        while (!tokens.takeOperator("}")) {
            if (!pairs.isEmpty()) {
                tokens.expectOperator(",");
                if (tokens.takeOperator("}")) {
                    break;
                }
            }
            Expression key = expressions.parse();
            tokens.expectOperator(":");
            names.mayHoldFunction(key);
            pairs.add(new Expression.DictDisplay.Pair(key, expressions.parse()));
        }
        return new Expression.DictDisplay(open.at(), List.copyOf(pairs));
    }

    /** Attributes, subscripts and calls behind an operand. */
    private Expression parsePostfix(Expression operand) {
        Expression value = operand;
        for (int chain = 0; ; chain++) {
            Token token = tokens.peek();
            expressions.checkChain(chain, token.at());
            if (token.isOperator(".")) {
                value = parseAttribute(value);
            } else if (token.isOperator("[")) {
                value = parseSubscript(value);
            } else if (token.isOperator("(")) {
                value = parseCall(value);
            } else {
                return value;
            }
        }
    }

    private Expression parseAttribute(Expression object) {
        int at = tokens.take().at();
        if (tokens.is(Kind.INTEGER)) {
            Token index = tokens.take();
            return new Expression.Item(at, object, new Expression.Literal(index.at(), integer(index)));
        }
        return new Expression.Attribute(at, object, tokens.expectName("a name").text());
    }

    private Expression parseSubscript(Expression object) {
        int at = tokens.take().at();
        expressions.enter(at);
        Expression start = tokens.isOperator(":") ? null : expressions.parse();
        Expression result;
        if (tokens.takeOperator(":")) {
            Expression stop = tokens.isOperator(":") || tokens.isOperator("]") ? null : expressions.parse();
            Expression step = tokens.takeOperator(":") && !tokens.isOperator("]") ? expressions.parse() : null;
            result = new Expression.Slice(at, object, start, stop, step);
        } else if (start == null) {
            throw tokens.unexpected("a subscript");
        } else {
            result = new Expression.Item(at, object, start);
        }
        if (tokens.isOperator(",")) {
            throw tokens.error(
                    "a subscript of several values is not supported",
                    tokens.peek().at());
        }
        tokens.expectOperator("]");
        expressions.leave();
        return result;
    }

    private Expression parseCall(Expression callee) {
        int at = tokens.peek().at();
        names.called(callee, at);
        return new Expression.Call(at, callee, parseArguments());
    }

    private Actual parseArguments() {
        int at = tokens.take().at();
        expressions.enter(at);
        List<Expression> positional = new ArrayList<>();
        List<Actual.Named> named = new ArrayList<>();
        Expression more = null;
        Expression moreNamed = null;
        boolean first = true;
        while (!tokens.takeOperator(")")) {
            if (!first) {
                tokens.expectOperator(",");
                if (tokens.takeOperator(")")) {
                    break;
                }
            }
            first = false;
            if (moreNamed == null && tokens.takeOperator("**")) {
                moreNamed = expressions.parse();
            } else if (more == null && moreNamed == null && tokens.takeOperator("*")) {
                more = expressions.parse();
            } else if (moreNamed == null
                    && tokens.is(Kind.NAME)
                    && tokens.peekSecond().isOperator("=")) {
                named.add(parseNamed());
            } else if (named.isEmpty() && more == null && moreNamed == null) {
                positional.add(expressions.parse());
            } else {
                throw tokens.error(
                        "a positional argument stands behind named ones",
                        tokens.peek().at());
            }
        }
        expressions.leave();
        return new Actual(List.copyOf(positional), List.copyOf(named), more, moreNamed);
    }

    private Actual.Named parseNamed() {
        Token name = tokens.take();
        tokens.take();
        names.mayHoldFunction(name.text());
        return new Actual.Named(name.text(), expressions.parse());
    }

    /** Filters, tests and calls behind an operand with its postfixes. */
    private Expression parseFilters(Expression operand) {
        Expression value = operand;
        for (int chain = 0; ; chain++) {
            Token token = tokens.peek();
            expressions.checkChain(chain, token.at());
            if (token.isOperator("|")) {
                tokens.take();
                value = parseFilter(value);
            } else if (token.isName("is")) {
                tokens.take();
                value = parseTest(value, token.at());
            } else if (token.isOperator("(")) {
                value = parseCall(value);
            } else {
                return value;
            }
        }
    }

    /** The filter whose name comes next, applied to {@code input}. */
    Expression parseFilter(Expression input) {
        Token name = tokens.expectName("the name of a filter");
        if (!Filters.names().contains(name.text()) || tokens.isOperator(".")) {
            throw tokens.error("the filter '" + name.text() + "' is not supported", name.at());
        }
        Actual arguments = tokens.isOperator("(") ? parseArguments() : Actual.NONE;
        names.checkMapped(name, arguments);
        return new Expression.Filter(name.at(), input, name.text(), arguments);
    }

    private Expression parseTest(Expression input, int at) {
        boolean negated = tokens.takeName("not");
        Token name = tokens.expectName("the name of a test");
        if (!Tests.names().contains(name.text()) || tokens.isOperator(".")) {
            throw tokens.error("the test '" + name.text() + "' is not supported", name.at());
        }
        Actual arguments = Actual.NONE;
        if (tokens.isOperator("(")) {
            arguments = parseArguments();
        } else if (beginsArgument()) {
            Expression argument = parsePostfix(parsePrimary());
            arguments = new Actual(List.of(argument), List.of(), null, null);
        }
        Expression test = new Expression.Test(at, input, name.text(), arguments);
        return negated ? new Expression.Not(at, test) : test;
    }

    private boolean beginsArgument() {
        Token token = tokens.peek();
        return switch (token.kind()) {
            case STRING, INTEGER, FLOAT -> true;
            case OPERATOR -> token.isOperator("[") || token.isOperator("{");
            case NAME -> !token.isName("else") && !token.isName("or") && !token.isName("and");
            case DATA, PRINT_BEGIN, PRINT_END, BLOCK_BEGIN, BLOCK_END, END -> false;
        };
    }
}
