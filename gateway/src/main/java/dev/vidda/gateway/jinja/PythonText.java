package dev.vidda.gateway.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** Python's string operations on Java strings; positions and lengths count code points as Python does. */
final class PythonText {

    private PythonText() {}

    static boolean isSpace(int codePoint) {
        return switch (codePoint) {
            case ' ', '\t', '\n', 0x0B, '\f', '\r', 0x1C, 0x1D, 0x1E, 0x1F, 0x85, 0xA0 -> true;
            default -> codePoint > 0xFF && Character.isSpaceChar(codePoint);
        };
    }

    /** Whether there is text and all of it is whitespace. */
    static boolean isSpace(String text) {
        return !text.isEmpty() && text.codePoints().allMatch(PythonText::isSpace);
    }

    static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    static String strip(String text, @Nullable String characters, boolean start, boolean end) {
        IntPredicate drops = characters == null ? PythonText::isSpace : c -> characters.indexOf(c) >= 0;
        int from = 0;
        int to = text.length();
        while (start && from < to && drops.test(text.codePointAt(from))) {
            from += Character.charCount(text.codePointAt(from));
        }
        while (end && to > from && drops.test(text.codePointBefore(to))) {
            to -= Character.charCount(text.codePointBefore(to));
        }
        return text.substring(from, to);
    }

    static String stripEnd(String text) {
        return strip(text, null, false, true);
    }

    /** Every code point as a string. */
    static List<String> characters(String text) {
        List<String> characters = new ArrayList<>(text.length());
        for (int i = 0; i < text.length(); ) {
            int next = i + Character.charCount(text.codePointAt(i));
            characters.add(text.substring(i, next));
            i = next;
        }
        return characters;
    }

    static List<String> split(String text, @Nullable String separator, long most) {
        if (separator != null) {
            return splitAt(text, separator, most);
        }
        List<String> words = new ArrayList<>();
        int at = skip(text, 0, true);
        while (at < text.length()) {
            if (words.size() == most) {
                words.add(text.substring(at));
                break;
            }
            int end = skip(text, at, false);
            words.add(text.substring(at, end));
            at = skip(text, end, true);
        }
        return words;
    }

    private static int skip(String text, int from, boolean spaces) {
        int at = from;
        while (at < text.length() && isSpace(text.codePointAt(at)) == spaces) {
            at += Character.charCount(text.codePointAt(at));
        }
        return at;
    }

    private static List<String> splitAt(String text, String separator, long most) {
        if (separator.isEmpty()) {
            throw new Failure("empty separator");
        }
        List<String> parts = new ArrayList<>();
        int from = 0;
        int found = text.indexOf(separator);
        while (found >= 0 && parts.size() != most) {
            parts.add(text.substring(from, found));
            from = found + separator.length();
            found = text.indexOf(separator, from);
        }
        parts.add(text.substring(from));
        return parts;
    }

    static List<String> splitFromEnd(String text, @Nullable String separator, long most) {
        String reversed = reverse(text);
        return split(reversed, separator == null ? null : reverse(separator), most).reversed().stream()
                .map(PythonText::reverse)
                .toList();
    }

    static String reverse(String text) {
        return String.join("", characters(text).reversed());
    }

    static List<String> lines(String text, boolean keepEnds) {
        List<String> lines = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            if (!isLineBreak(text.charAt(i))) {
                continue;
            }
            int end = i;
            if (text.startsWith("\r\n", i)) {
                i++;
            }
            lines.add(text.substring(from, keepEnds ? i + 1 : end));
            from = i + 1;
        }
        if (from < text.length()) {
            lines.add(text.substring(from));
        }
        return lines;
    }

    private static boolean isLineBreak(char c) {
        return (c >= '\n' && c <= '\r') || (c >= 0x1C && c <= 0x1E) || c == 0x85 || c == 0x2028 || c == 0x2029;
    }

    static String upper(String text) {
        return text.toUpperCase(Locale.ROOT);
    }

    static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /** The first character as a title begins, the others in lower case. */
    static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = Character.charCount(text.codePointAt(0));
        return titleCase(text.codePointAt(0)) + lower(text.substring(first));
    }

    /** {@code str.title()}: a letter begins a word unless a letter stands before it. */
    static String title(String text) {
        StringBuilder out = new StringBuilder();
        boolean inWord = false;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            out.append(inWord ? lower(Character.toString(c)) : titleCase(c));
            inWord = isCased(c);
            i += Character.charCount(c);
        }
        return out.toString();
    }

    static String swapCase(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints()
                .mapToObj(c -> Character.isUpperCase(c) ? lower(Character.toString(c)) : upperIfLower(c))
                .forEach(out::append);
        return out.toString();
    }

    private static String upperIfLower(int codePoint) {
        String text = Character.toString(codePoint);
        return Character.isLowerCase(codePoint) ? upper(text) : text;
    }

    private static String titleCase(int codePoint) {
        String upper = upper(Character.toString(codePoint));
        int first = upper.codePointAt(0);
        if (Character.charCount(first) == upper.length()) {
            return Character.toString(Character.toTitleCase(codePoint));
        }
        int capital = isCased(first) ? Character.charCount(first) : upper.offsetByCodePoints(0, 2);
        return upper.substring(0, capital) + lower(upper.substring(capital));
    }

    static boolean isCased(int codePoint) {
        return Character.isUpperCase(codePoint) || Character.isLowerCase(codePoint) || Character.isTitleCase(codePoint);
    }

    /** Whether there are cased characters and all of them are lower (or upper) case. */
    static boolean isCase(String text, boolean lower) {
        return text.codePoints().anyMatch(PythonText::isCased)
                && text.codePoints()
                        .filter(PythonText::isCased)
                        .allMatch(c -> lower ? Character.isLowerCase(c) : Character.isUpperCase(c));
    }

    /** Whether there is text and all of its characters satisfy {@code test}. */
    static boolean all(String text, IntPredicate test) {
        return !text.isEmpty() && text.codePoints().allMatch(test);
    }

    static int compare(String left, String right) {
        int length = Math.min(left.length(), right.length());
        for (int i = 0; i < length; i++) {
            char a = left.charAt(i);
            char b = right.charAt(i);
            if (a != b) {
                return Character.isSurrogate(a) == Character.isSurrogate(b)
                        ? Character.compare(a, b)
                        : Boolean.compare(Character.isSurrogate(a), Character.isSurrogate(b));
            }
        }
        return Integer.compare(left.length(), right.length());
    }

    /** Replaces at most {@code most} occurrences, all of them when negative. */
    static String replace(String text, String from, String to, long most) {
        StringBuilder out = new StringBuilder();
        int at = 0;
        long done = 0;
        int found = text.indexOf(from);
        while (found >= 0 && done != most) {
            out.append(text, at, found).append(to);
            Sizes.checkText(out.length());
            at = found;
            if (from.isEmpty()) {
                int next = found < text.length() ? found + Character.charCount(text.codePointAt(found)) : found + 1;
                out.append(text, found, Math.min(next, text.length()));
                at = Math.min(next, text.length());
                found = next <= text.length() ? next : -1;
            } else {
                at = found + from.length();
                found = text.indexOf(from, at);
            }
            done++;
        }
        return out.append(text, at, text.length()).toString();
    }

    /** Pads to {@code width} code points; {@code side} is -1 for padding on the left, 1 on the right, 0 on both. */
    static String pad(String text, long width, String fill, int side) {
        if (length(fill) != 1) {
            throw new Failure("the fill character must be exactly one character long");
        }
        long missing = width - length(text);
        if (missing <= 0) {
            return text;
        }
        Sizes.checkText(width);
        int left = side < 0 ? (int) missing : 0;
        if (side == 0) {
            left = (int) (missing / 2 + (missing & width & 1));
        }
        return fill.repeat(left) + text + fill.repeat((int) missing - left);
    }
}
