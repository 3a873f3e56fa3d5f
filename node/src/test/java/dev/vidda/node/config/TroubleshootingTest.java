package dev.vidda.node.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What {@code docs/operations.md} says about messages and alerts is about those that exist. */
final class TroubleshootingTest {
    private static final Path ROOT = Path.of(System.getProperty("vidda.root", ".."));
    /** The first column of a table, if it is a literal. */
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`]+)` \\|");
    /** Between what a message always has, in the form {@code key = value: reason; remedy}. */
    private static final Pattern VARIABLE = Pattern.compile("\\.\\.\\.|: |; | = |[\"/]");
    /** Two literals that one string is made of. */
    private static final Pattern JOIN = Pattern.compile("\"\\s*\\+\\s*\"");

    private static final Pattern LITERAL = Pattern.compile("\"(?:[^\"\\\\\\n]|\\\\.)*\"");

    private static final int SHORTEST = 4;
    /** Java's own words. */
    private static final Set<String> ELSEWHERE = Set.of("Address already in use");

    @Test
    void everyMessageInTheTableIsPrintedBySomeCode() throws IOException {
        String code = code();
        List<String> missing = new ArrayList<>();
        List<String> messages = rows("## 6. ");

        for (String message : messages) {
            for (String part : VARIABLE.split(message)) {
                String text = part.strip();
                if (text.length() >= SHORTEST && !ELSEWHERE.contains(text) && !code.contains(text)) {
                    missing.add(text + "   in: " + message);
                }
            }
        }
        assertThat(messages).hasSizeGreaterThan(12);
        assertThat(missing).isEmpty();
    }

    @Test
    void everyAlertIsExplainedAndNoOther() throws IOException {
        List<String> alerts = Pattern.compile("alert: (\\w+)")
                .matcher(Files.readString(ROOT.resolve("conf/alerts/vidda.yaml")))
                .results()
                .map(found -> found.group(1))
                .toList();

        assertThat(alerts).hasSizeGreaterThan(5);
        assertThat(rows("### Alerts ")).containsExactlyInAnyOrderElementsOf(alerts);
    }

    private static List<String> rows(String heading) throws IOException {
        String text = Files.readString(ROOT.resolve("docs/operations.md"));
        String section = text.substring(text.indexOf(heading) + heading.length());
        int end = section.indexOf("\n## ");
        return ROW.matcher(end < 0 ? section : section.substring(0, end))
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
    }

    /** All that Vidda could print: the texts in its sources, its keys, and the launcher. */
    private static String code() throws IOException {
        StringBuilder code =
                new StringBuilder(Files.readString(ROOT.resolve("vidda")).replace("$JAVA_MAJOR", "25"));
        for (String module : List.of("protocol", "scheduler", "gpu-worker", "gateway", "node")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module + "/src/main/java"))) {
                files.filter(file -> file.toString().endsWith(".java"))
                        .forEach(file -> LITERAL.matcher(
                                        JOIN.matcher(read(file)).replaceAll(""))
                                .results()
                                .forEach(literal -> code.append(literal.group().replace("\\\"", "\""))
                                        .append('\n')));
            }
        }
        Configuration.load(Optional.empty(), Map.of()).knownKeys().leaves().forEach(code::append);
        return code.toString();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
