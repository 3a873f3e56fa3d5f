package dev.vidda.gateway.jinja;

import dev.vidda.gateway.jinja.Expression.Comparisons;
import dev.vidda.gateway.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * A Pratt parser for expressions. Binding power, weakest first: {@code or}, {@code and}, {@code not}, comparisons,
 * {@code + -}, {@code ~}, {@code * / // %}, {@code **}, signs; filters, tests, calls and subscripts bind to what stands
 * directly before them. All operators associate to the left.
 */
final class ExpressionParser {

    private static final int OR = 1;
    private static final int AND = 2;
    private static final int NOT = 3;
    private static final int COMPARE = 4;
    private static final int SUM = 5;
    private static final int CONCATENATION = 6;
    private static final int PRODUCT = 7;
    private static final int POWER = 8;
    private static final int DEEPEST = 100;
    private static final int LONGEST_CHAIN = 200;

    private final Tokens tokens;
    private final OperandParser operands;
    private int depth;

    ExpressionParser(Tokens tokens, NameCheck names) {
        this.tokens = tokens;
        this.operands = new OperandParser(tokens, names, this);
    }

    Expression parse() {
        Expression value = parse(OR);
        for (int chain = 0; tokens.isName("if"); chain++) {
            int at = tokens.take().at();
            checkChain(chain, at);
            Expression test = parse(OR);
            Expression otherwise = null;
            if (tokens.takeName("else")) {
                enter(at);
                otherwise = parse();
                leave();
            }
            value = new Expression.Conditional(at, test, value, otherwise);
        }
        return value;
    }

    /** One expression, or a tuple where there are commas; an {@code if} ends it when {@code conditional} is false. */
    Expression parseTuple(boolean conditional) {
        int at = tokens.peek().at();
        Expression first = conditional ? parse() : parse(OR);
        if (!tokens.isOperator(",")) {
            return first;
        }
        List<Expression> items = new ArrayList<>(List.of(first));
        while (tokens.takeOperator(",") && !endsTuple()) {
            items.add(conditional ? parse() : parse(OR));
        }
        return new Expression.TupleDisplay(at, List.copyOf(items));
    }

    /** The filter whose name comes next, applied to {@code input}. */
    Expression parseFilter(Expression input) {
        return operands.parseFilter(input);
    }

    private boolean endsTuple() {
        return tokens.is(Kind.PRINT_END)
                || tokens.is(Kind.BLOCK_END)
                || tokens.isOperator(")")
                || tokens.isName("recursive");
    }

    private Expression parse(int weakest) {
        enter(tokens.peek().at());
        Expression left = parsePrefix(weakest);
        for (int chain = 0; ; chain++) {
            Token operator = tokens.peek();
            int power = power(operator);
            if (power < weakest) {
                leave();
                return left;
            }
            checkChain(chain, operator.at());
            left = parseInfix(left, operator, power);
        }
    }

    private int power(Token token) {
        if (token.kind() == Kind.NAME) {
            return switch (token.text()) {
                case "or" -> OR;
                case "and" -> AND;
                case "in" -> COMPARE;
                case "not" -> tokens.peekSecond().isName("in") ? COMPARE : 0;
                default -> 0;
            };
        }
        return token.kind() != Kind.OPERATOR
                ? 0
                : switch (token.text()) {
                    case "==", "!=", "<", "<=", ">", ">=" -> COMPARE;
                    case "+", "-" -> SUM;
                    case "~" -> CONCATENATION;
                    case "*", "/", "//", "%" -> PRODUCT;
                    case "**" -> POWER;
                    default -> 0;
                };
    }

    private Expression parseInfix(Expression left, Token operator, int power) {
        return switch (power) {
            case COMPARE -> parseComparisons(left);
            case CONCATENATION -> parseConcatenation(left);
            case OR, AND -> {
                tokens.take();
                yield new Expression.Logical(operator.at(), power == AND, left, parse(power + 1));
            }
            default -> {
                tokens.take();
                yield new Expression.Binary(operator.at(), operator.text(), left, parse(power + 1));
            }
        };
    }

    private Expression parseComparisons(Expression first) {
        int at = tokens.peek().at();
        List<Comparisons.Step> steps = new ArrayList<>();
        while (power(tokens.peek()) == COMPARE) {
            Token operator = tokens.take();
            boolean negated = operator.isName("not") && tokens.takeName("in");
            steps.add(new Comparisons.Step(operator.at(), negated ? "not in" : operator.text(), parse(SUM)));
        }
        return new Comparisons(at, first, List.copyOf(steps));
    }

    private Expression parseConcatenation(Expression first) {
        int at = tokens.peek().at();
        List<Expression> parts = new ArrayList<>(List.of(first));
        while (tokens.takeOperator("~")) {
            parts.add(parse(PRODUCT));
        }
        return new Expression.Concatenation(at, List.copyOf(parts));
    }

    private Expression parsePrefix(int weakest) {
        Token token = tokens.peek();
        if (weakest <= NOT && token.isName("not")) {
            tokens.take();
            return new Expression.Not(token.at(), parse(NOT));
        }
        return operands.parse();
    }

    void enter(int at) {
        if (++depth > DEEPEST) {
            throw tokens.error("an expression is nested deeper than " + DEEPEST + " levels", at);
        }
    }

    void leave() {
        depth--;
    }

    void checkChain(int length, int at) {
        if (length > LONGEST_CHAIN) {
            throw tokens.error("an expression has more than " + LONGEST_CHAIN + " parts in a row", at);
        }
    }
}
