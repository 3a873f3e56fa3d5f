package dev.vidda.bench;

import java.util.List;

/**
 * Whether a reply ends with the right answer: its last line is the last line of what is expected, or that after a label
 * and a colon, as in {@code Answer: x = 3}.
 */
final class ExpectedAnswer {
    private ExpectedAnswer() {}

    static boolean isRight(String expected, String reply) {
        String wanted = lastLine(expected);
        String got = lastLine(reply);
        return got.equals(wanted) || withoutLabel(got).equals(wanted);
    }

    private static String lastLine(String text) {
        List<String> lines = text.strip().lines().toList();
        return lines.isEmpty() ? "" : lines.getLast().strip();
    }

    private static String withoutLabel(String line) {
        for (int i = 0; i < line.length(); i++) {
            if (line.charAt(i) == ':' || line.charAt(i) == '：') {
                return line.substring(i + 1).strip();
            }
        }
        return line;
    }
}
