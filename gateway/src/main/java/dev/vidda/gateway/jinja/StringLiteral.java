package dev.vidda.gateway.jinja;

/** A string in a template's code, with Python's escapes. */
final class StringLiteral {

    private StringLiteral() {}

    /** The offset behind the quote that ends the string beginning at {@code at}. */
    static int end(Source source, int at) {
        String text = source.text();
        char quote = text.charAt(at);
        for (int i = at + 1; i < text.length(); i++) {
            if (text.charAt(i) == '\\') {
                i++;
            } else if (text.charAt(i) == quote) {
                return i + 1;
            }
        }
        throw source.error("a string is not closed", at);
    }

    /** The string between the quotes at {@code from} and before {@code to}. */
    static String unescape(Source source, int from, int to) {
        String body = source.text().substring(from + 1, to - 1);
        if (body.indexOf('\\') < 0) {
            return body;
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < body.length(); ) {
            char c = body.charAt(i);
            if (c != '\\') {
                out.append(c);
                i++;
            } else {
                i = escape(source, body, from + 1, i, out);
            }
        }
        return out.toString();
    }

    /** Resolves the escape at {@code i}; returns the offset behind it. */
    private static int escape(Source source, String body, int base, int i, StringBuilder out) {
        char kind = body.charAt(i + 1);
        switch (kind) {
            case '\n' -> {}
            case '\\', '\'', '"' -> out.append(kind);
            case 'n' -> out.append('\n');
            case 't' -> out.append('\t');
            case 'r' -> out.append('\r');
            case 'b' -> out.append('\b');
            case 'f' -> out.append('\f');
            case 'a' -> out.append('\u0007');
            case 'v' -> out.append('\u000B');
            case 'x' -> {
                return hexadecimal(source, body, base, i, 2, out);
            }
            case 'u' -> {
                return hexadecimal(source, body, base, i, 4, out);
            }
            case 'U' -> {
                return hexadecimal(source, body, base, i, 8, out);
            }
            case 'N' -> throw source.error("characters by name, '\\N{...}', are not supported", base + i);
            case '0', '1', '2', '3', '4', '5', '6', '7' -> {
                return octal(body, i + 1, out);
            }
            default -> unknown(source, body, base, i, out);
        }
        return i + 2;
    }

    private static void unknown(Source source, String body, int base, int i, StringBuilder out) {
        if (body.charAt(i + 1) > 0x7F) {
            throw source.error("a backslash before '" + Character.toString(body.codePointAt(i + 1)) + "'", base + i);
        }
        out.append('\\').append(body.charAt(i + 1));
    }

    private static int hexadecimal(Source source, String body, int base, int i, int digits, StringBuilder out) {
        int end = i + 2 + digits;
        int codePoint = 0;
        for (int at = i + 2; at < end; at++) {
            int digit = at < body.length() ? Character.digit(body.charAt(at), 16) : -1;
            if (digit < 0 || body.charAt(at) > 0x7F) {
                throw source.error("an escape needs " + digits + " hexadecimal digits", base + i);
            }
            codePoint = codePoint << 4 | digit;
        }
        if (!Character.isValidCodePoint(codePoint)) {
            throw source.error("an escape is beyond the last character of Unicode", base + i);
        }
        out.appendCodePoint(codePoint);
        return end;
    }

    private static int octal(String body, int from, StringBuilder out) {
        int value = 0;
        int at = from;
        while (at < body.length() && at < from + 3 && body.charAt(at) >= '0' && body.charAt(at) <= '7') {
            value = value << 3 | (body.charAt(at) - '0');
            at++;
        }
        out.append((char) value);
        return at;
    }
}
