package dev.vidda.gateway.jinja;

import dev.vidda.gateway.jinja.Token.Kind;
import java.util.List;

/** A template's tokens, read from front to back. */
final class Tokens {

    private final Source source;
    private final List<Token> tokens;
    private int next;

    Tokens(Source source) {
        this.source = source;
        this.tokens = Lexer.tokens(source);
    }

    Source source() {
        return source;
    }

    Token peek() {
        return tokens.get(next);
    }

    Token peekSecond() {
        return tokens.get(Math.min(next + 1, tokens.size() - 1));
    }

    Token take() {
        Token token = tokens.get(next);
        next = Math.min(next + 1, tokens.size() - 1);
        return token;
    }

    boolean is(Kind kind) {
        return peek().kind() == kind;
    }

    boolean isOperator(String operator) {
        return peek().isOperator(operator);
    }

    boolean isName(String name) {
        return peek().isName(name);
    }

    boolean takeOperator(String operator) {
        boolean found = isOperator(operator);
        if (found) {
            take();
        }
        return found;
    }

    boolean takeName(String name) {
        boolean found = isName(name);
        if (found) {
            take();
        }
        return found;
    }

    void expectOperator(String operator) {
        if (!takeOperator(operator)) {
            throw unexpected("'" + operator + "'");
        }
    }

    Token expectName(String what) {
        if (!is(Kind.NAME)) {
            throw unexpected(what);
        }
        return take();
    }

    void expect(Kind kind, String what) {
        if (!is(kind)) {
            throw unexpected(what);
        }
        take();
    }

    TemplateSyntaxException unexpected(String wanted) {
        return error("expected " + wanted + ", not " + peek().describe(), peek().at());
    }

    TemplateSyntaxException error(String problem, int at) {
        return source.error(problem, at);
    }
}
