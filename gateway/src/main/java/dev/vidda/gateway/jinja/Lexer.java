package dev.vidda.gateway.jinja;

import dev.vidda.gateway.jinja.Token.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a template into tokens. Whitespace around tags goes by {@code trim_blocks} and {@code lstrip_blocks}: a line break
 * after a block or comment is dropped, and so is indentation before one that stands first in its line; a minus inside of a tag
 * drops all whitespace on that side, a plus keeps it.
 */
final class Lexer {

    private static final String SPACE =
            "[\\s\\x1c-\\x1f\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
    private static final Pattern TAG = Pattern.compile("\\{\\{|\\{%|\\{#");
    private static final Pattern RAW = Pattern.compile("\\{%([-+]?)S*rawS*(?:-%\\}S*|%\\})".replace("S", SPACE));
    private static final Pattern END_RAW =
            Pattern.compile("\\{%([-+]?)S*endrawS*(?:\\+%\\}|-%\\}S*|%\\}\\n?)".replace("S", SPACE));
    private static final Pattern END_COMMENT = Pattern.compile("\\+#\\}|-#\\}S*|#\\}\\n?".replace("S", SPACE));
    private static final Pattern END_BLOCK = Pattern.compile("\\+%\\}|-%\\}S*|%\\}\\n?".replace("S", SPACE));
    private static final Pattern END_PRINT = Pattern.compile("-\\}\\}S*|\\}\\}".replace("S", SPACE));
    private static final Pattern SPACES = Pattern.compile(SPACE + "+");
    private static final Pattern FLOAT =
            Pattern.compile("(?<!\\.)D(?:(?:\\.D)?[eE][+-]?D|\\.D)".replace("D", "[0-9][0-9_]*+"));
    private static final Pattern INTEGER =
            Pattern.compile("0[bB][01_]++|0[oO][0-7_]++|0[xX][0-9a-fA-F_]++|[0-9][0-9_]*+");
    private static final Pattern OPERATOR = Pattern.compile("\\*\\*|//|==|!=|>=|<=|[-+/*%~\\[\\](){}><=.:|,;]");

    private final Source source;
    private final String text;
    private final Matcher matcher;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private boolean lineStarting = true;

    private Lexer(Source source) {
        this.source = source;
        this.text = source.text();
        this.matcher = TAG.matcher(text).useTransparentBounds(true);
    }

    static List<Token> tokens(Source source) {
        Lexer lexer = new Lexer(source);
        lexer.readAll();
        return List.copyOf(lexer.tokens);
    }

    private void readAll() {
        while (at < text.length()) {
            if (!matcher.usePattern(TAG).region(at, text.length()).find()) {
                add(Kind.DATA, text.substring(at), at);
                at = text.length();
                break;
            }
            readTag(matcher.start());
        }
        add(Kind.END, "", text.length());
    }

    private void readTag(int tag) {
        int data = at;
        at = tag;
        if (text.startsWith("{%", tag) && matches(RAW)) {
            addData(text.substring(data, tag), data, sign(matcher.group(1)), true);
            moveTo(matcher.end());
            readRaw(tag);
            return;
        }
        char opening = text.charAt(tag + 1);
        char sign = sign(text.substring(tag + 2, Math.min(tag + 3, text.length())));
        addData(text.substring(data, tag), data, sign, opening != '{');
        moveTo(tag + (sign == ' ' ? 2 : 3));
        switch (opening) {
            case '#' -> readComment(tag);
            case '{' -> readInside(Kind.PRINT_BEGIN, Kind.PRINT_END, END_PRINT, tag);
            default -> readInside(Kind.BLOCK_BEGIN, Kind.BLOCK_END, END_BLOCK, tag);
        }
    }

    private void readComment(int tag) {
        if (!matcher.usePattern(END_COMMENT).region(at, text.length()).find()) {
            throw source.error("a comment is not closed with '#}'", tag);
        }
        moveTo(matcher.end());
    }

    private void readRaw(int tag) {
        int data = at;
        if (!matcher.usePattern(END_RAW).region(at, text.length()).find()) {
            throw source.error("a raw block is not closed with {% endraw %}", tag);
        }
        int end = matcher.end();
        addData(text.substring(data, matcher.start()), data, sign(matcher.group(1)), true);
        moveTo(end);
    }

    /** Reads from behind an opening to behind its closing, which only counts where all brackets are closed. */
    private void readInside(Kind opening, Kind closing, Pattern end, int tag) {
        add(opening, "", tag);
        Deque<Character> brackets = new ArrayDeque<>();
        while (at < text.length()) {
            if (brackets.isEmpty() && matches(end)) {
                add(closing, "", at);
                moveTo(matcher.end());
                return;
            }
            if (matches(SPACES)) {
                moveTo(matcher.end());
            } else {
                readToken(brackets);
            }
        }
        throw source.error(
                brackets.isEmpty() ? "a tag is not closed" : "a tag is not closed: expected '" + brackets.peek() + "'",
                tag);
    }

    private void readToken(Deque<Character> brackets) {
        char first = text.charAt(at);
        if (first == '"' || first == '\'') {
            int end = StringLiteral.end(source, at);
            add(Kind.STRING, StringLiteral.unescape(source, at, end), at);
            moveTo(end);
        } else if (matches(FLOAT)) {
            addNumber(Kind.FLOAT);
        } else if (matches(INTEGER)) {
            addNumber(Kind.INTEGER);
        } else if (isNameStart(text.codePointAt(at))) {
            readName();
        } else if (matches(OPERATOR)) {
            balance(brackets, matcher.group());
            addMatch(Kind.OPERATOR);
        } else {
            throw source.error("unexpected character '" + Character.toString(text.codePointAt(at)) + "'", at);
        }
    }

    private void readName() {
        int end = at;
        while (end < text.length() && isNamePart(text.codePointAt(end))) {
            end += Character.charCount(text.codePointAt(end));
        }
        add(Kind.NAME, text.substring(at, end), at);
        moveTo(end);
    }

    private void balance(Deque<Character> brackets, String operator) {
        switch (operator) {
            case "(" -> brackets.push(')');
            case "[" -> brackets.push(']');
            case "{" -> brackets.push('}');
            case ")", "]", "}" -> {
                Character expected = brackets.poll();
                if (expected == null || expected != operator.charAt(0)) {
                    throw source.error(
                            "unexpected '" + operator + "'" + (expected == null ? "" : ", expected '" + expected + "'"),
                            at);
                }
            }
            default -> {}
        }
    }

    private void addData(String data, int from, char sign, boolean stripsIndentation) {
        String kept = data;
        if (sign == '-') {
            kept = PythonText.stripEnd(data);
        } else if (sign == ' ' && stripsIndentation) {
            int line = data.lastIndexOf('\n') + 1;
            if ((line > 0 || lineStarting) && PythonText.isSpace(data.substring(line))) {
                kept = data.substring(0, line);
            }
        }
        if (!kept.isEmpty()) {
            add(Kind.DATA, kept, from);
        }
    }

    private boolean matches(Pattern pattern) {
        return matcher.usePattern(pattern).region(at, text.length()).lookingAt();
    }

    private void addMatch(Kind kind) {
        add(kind, matcher.group(), at);
        moveTo(matcher.end());
    }

    private void addNumber(Kind kind) {
        String digits = matcher.group();
        boolean leadingZero = kind == Kind.INTEGER && digits.matches("0[0-9_]*[1-9][0-9_]*");
        if (digits.contains("__") || digits.endsWith("_") || leadingZero) {
            throw source.error("'" + digits + "' is not a number", at);
        }
        add(kind, digits.replace("_", ""), at);
        moveTo(matcher.end());
    }

    private void moveTo(int end) {
        lineStarting = end > 0 && text.charAt(end - 1) == '\n';
        at = end;
    }

    private void add(Kind kind, String tokenText, int from) {
        tokens.add(new Token(kind, tokenText, from));
    }

    private static char sign(String sign) {
        return sign.equals("-") || sign.equals("+") ? sign.charAt(0) : ' ';
    }

    private static boolean isNameStart(int codePoint) {
        return codePoint == '_' || Character.isUnicodeIdentifierStart(codePoint);
    }

    private static boolean isNamePart(int codePoint) {
        return Character.isUnicodeIdentifierPart(codePoint) && !Character.isIdentifierIgnorable(codePoint);
    }
}
