package dev.vidda.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

final class BenchEngineCommandTest {
    private static final String DEMO =
            Path.of(System.getProperty("vidda.root", ".."), "models/demo").toString();

    @TempDir
    Path folder;

    @Test
    void aReportThatCouldNotBeWrittenIsToldBeforeAnythingIsMeasured() {
        Outcome outcome = Outcome.of("bench", "engine", "--model", "nowhere", "--out", "no-such-folder/report.md");

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains("--out: there is no folder for no-such-folder/report.md");
    }

    @Test
    void theDemoModelIsMeasuredOnTheCpu() throws IOException {
        Path file = folder.resolve("report.json");

        Outcome outcome = bench(
                "--model",
                DEMO,
                "--batch",
                "1,3",
                "--context",
                "20",
                "--output",
                "5",
                "--prefill",
                "40",
                "--requests",
                "7",
                "--format",
                "json",
                "-o",
                file.toString());

        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(outcome.err()).contains("decode 3 x 20", "prefill 40", "requests");
        JsonNode report = new ObjectMapper().readTree(Files.readString(file));
        assertThat(report.path("device").asText()).startsWith("cpu");
        assertThat(report.path("decode")).hasSize(2);
        for (JsonNode row : report.path("decode")) {
            assertThat(row.path("tokens_per_second").asDouble()).isPositive();
            assertThat(row.path("share_of_roofline").asDouble()).isPositive();
            assertThat(row.path("idle").asDouble()).isBetween(0.0, 1.0);
        }
        assertThat(report.path("prefill").path(0).path("tokens_per_second").asDouble())
                .isPositive();
        assertThat(report.path("requests").path("count").asInt()).isEqualTo(7);
        assertThat(report.path("read_bytes_per_second").asDouble()).isGreaterThan(1e8);
    }

    @Test
    void aConfigurationAloneIsEnoughForMadeUpWeights() throws IOException {
        Files.copy(Path.of(DEMO, "config.json"), folder.resolve("config.json"));

        Outcome outcome = bench(
                "--model",
                folder.toString(),
                "--load-format",
                "dummy",
                "--batch",
                "2",
                "--context",
                "8",
                "--output",
                "3",
                "--prefill",
                "9,5000",
                "--format",
                "markdown");

        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(outcome.out())
                .contains("made-up weights", "| 2 | 8 |", "| 9 |")
                .contains("prefill 5000: not measured, sequences may have 2048 tokens at most");
    }

    @Test
    void mistakesAreNamed() {
        assertThat(bench("--model", DEMO, "--batch", "1,x").err()).contains("--batch", "'x'");
        assertThat(bench("--shape", "gpt-5").err()).contains("qwen3-4b, llama3-8b", "gpt-5");
        assertThat(bench("--model", DEMO, "--load-format", "magic").exitCode()).isEqualTo(2);
        assertThat(bench("--batch", "1").exitCode()).isEqualTo(2);
        Outcome missing = bench("--model", folder.resolve("nothing").toString());
        assertThat(missing.exitCode()).isEqualTo(1);
        assertThat(missing.err()).contains("config.json is missing");
    }

    private static Outcome bench(String... options) {
        List<String> command = new ArrayList<>(List.of("bench", "engine", "--device", "cpu"));
        command.addAll(List.of(options));
        return Outcome.of(command.toArray(String[]::new));
    }
}
