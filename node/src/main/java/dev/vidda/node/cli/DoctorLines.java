package dev.vidda.node.cli;

import dev.vidda.worker.doctor.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Findings as lines of a bounded width, as they come. What several in a row are about, which is in their names before a colon,
 * is said once above them.
 */
final class DoctorLines {
    private static final int INDENT = 15;
    private static final int NAME = 40;
    private static final String SUBJECT_END = ": ";

    private final int width;
    private String subject = "";

    /** @param width the most characters of a line, but for words that are longer */
    DoctorLines(int width) {
        this.width = width;
    }

    /** The lines of the next finding. */
    List<String> of(Finding finding) {
        List<String> lines = new ArrayList<>();
        int end = finding.name().lastIndexOf(SUBJECT_END);
        String about = end < 0 ? "" : finding.part() + finding.name().substring(0, end);
        if (!about.isEmpty() && !about.equals(subject)) {
            lines.addAll(wrapped(head("", finding.part()), finding.name().substring(0, end)));
        }
        subject = about;
        String name = end < 0 ? finding.name() : "  " + finding.name().substring(end + SUBJECT_END.length());
        String status =
                finding.status() == Finding.Status.INFO ? "" : finding.status().name();
        lines.addAll(joined(head(status, finding.part()) + name, detail(finding)));
        return lines;
    }

    private static String head(String status, String part) {
        return "%-4s  %-7s  ".formatted(status, part);
    }

    private static String detail(Finding finding) {
        StringBuilder detail = new StringBuilder(finding.detail());
        finding.error().ifPresent(error -> detail.append(String.format(Locale.ROOT, ", error %.1e", error)));
        finding.millis().ifPresent(millis -> detail.append(String.format(Locale.ROOT, ", %.2f ms", millis)));
        return detail.toString();
    }

    /** In columns where that fits, else with as much behind the name as fits. */
    private List<String> joined(String name, String detail) {
        String padded = ("%-" + (INDENT + NAME) + "s  ").formatted(name);
        return padded.length() + detail.length() <= width
                ? List.of((padded + detail).stripTrailing())
                : wrapped(name + "  ", detail);
    }

    private List<String> wrapped(String first, String text) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder(first);
        boolean begun = false;
        for (String word : text.split(" ", -1)) {
            if (begun && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line = new StringBuilder(" ".repeat(INDENT + 2)).append(word);
            } else {
                line.append(begun ? " " : "").append(word);
            }
            begun = true;
        }
        lines.add(line.toString().stripTrailing());
        return lines;
    }
}
