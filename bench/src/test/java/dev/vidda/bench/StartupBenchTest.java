package dev.vidda.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The whole command line, with a server in a process of its own. */
class StartupBenchTest {
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    @TempDir
    private Path directory = Path.of("");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream progress = new ByteArrayOutputStream();

    @Test
    void eachStartIsTimedStepByStepAndReportedInAllForms() throws IOException {
        Path json = directory.resolve("startup.json");
        Path markdown = directory.resolve("startup.md");
        int exit = run("--runs", "2", "--json", json.toString(), "--markdown", markdown.toString(), "--", "{server}");

        assertThat(progress.toString(StandardCharsets.UTF_8)).contains("run 2 of 2");
        assertThat(exit).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("listening", "ready", "firstToken", "run 2", "median");
        assertThat(Files.readString(markdown))
                .contains("| run | listening | ready | firstToken | stop |", "| median |");
        JsonNode report = new ObjectMapper().readTree(Files.readString(json));
        assertThat(report.path("runsMillis")).hasSize(2).allSatisfy(run -> {
            assertThat(run.path("listening").asDouble()).isPositive();
            assertThat(run.path("ready").asDouble())
                    .isGreaterThanOrEqualTo(run.path("listening").asDouble());
            assertThat(run.path("firstToken").asDouble())
                    .isGreaterThan(run.path("ready").asDouble());
            assertThat(run.path("stop").asDouble()).isPositive();
        });
        assertThat(report.at("/medianMillis/ready").asDouble()).isPositive();
    }

    @Test
    void aServerThatEndsEarlyIsToldWithItsLastWords() {
        assertThat(run("--", JAVA, "-cp", "{port}", "no.such.Server")).isEqualTo(1);
        assertThat(progress.toString(StandardCharsets.UTF_8))
                .contains("exit code 1")
                .contains("no.such.Server");
    }

    @Test
    void aCommandWithoutAPortIsRefused() {
        assertThat(run("--", "some-server")).isEqualTo(2);
        assertThat(progress.toString(StandardCharsets.UTF_8)).contains("{port}");
    }

    @Test
    void noRunsAreRefused() {
        assertThat(run("--runs", "0")).isEqualTo(2);
        assertThat(progress.toString(StandardCharsets.UTF_8)).contains("--runs must be at least 1, but it is 0");
    }

    private int run(String... arguments) {
        List<String> all = new ArrayList<>();
        for (String argument : arguments) {
            if (argument.equals("{server}")) {
                all.addAll(List.of(
                        JAVA, "-cp", System.getProperty("java.class.path"), FakeServer.class.getName(), "{port}"));
            } else {
                all.add(argument);
            }
        }
        return StartupBench.run(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(progress, true, StandardCharsets.UTF_8),
                all.toArray(String[]::new));
    }
}
