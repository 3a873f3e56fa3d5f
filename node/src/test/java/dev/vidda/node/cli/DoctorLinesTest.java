package dev.vidda.node.cli;

import dev.vidda.worker.doctor.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class DoctorLinesTest {
    private static final List<Finding> FINDINGS = List.of(
            finding("machine", "system", Finding.Status.INFO, "Linux 6.18 amd64"),
            finding(
                    "cpu",
                    "hidden 256, heads 4/2 x 64, MLP 320, bf16: prompts and decoding mixed",
                    Finding.Status.PASS,
                    "8 steps"),
            finding("cpu", "hidden 256, heads 4/2 x 64, MLP 320, bf16: sampling", Finding.Status.PASS, "0 of 57 wrong"),
            finding(
                    "cuda",
                    "hidden 256, heads 4/2 x 64, MLP 320, bf16: sampling",
                    Finding.Status.PASS,
                    "0 of 57 wrong"),
            finding(
                    "cuda",
                    "device",
                    Finding.Status.FAIL,
                    "a word and another one ".repeat(12).strip()));

    @Test
    void whatSeveralAreAboutIsSaidOnce() {
        assertThat(lines(100))
                .startsWith(
                        "      machine  system                                    Linux 6.18 amd64",
                        "      cpu      hidden 256, heads 4/2 x 64, MLP 320, bf16",
                        "PASS  cpu        prompts and decoding mixed              8 steps, error 1.0e-06, 2.50 ms",
                        "PASS  cpu        sampling                                0 of 57 wrong, error 1.0e-06, 2.50 ms",
                        "      cuda     hidden 256, heads 4/2 x 64, MLP 320, bf16");
    }

    @Test
    void noLineIsLongerThanTheTerminalIsWideAndNoWordIsLost() {
        for (int width = 60; width <= 200; width += 7) {
            List<String> lines = lines(width);
            int most = width;
            assertThat(lines)
                    .as("width %d", width)
                    .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(most));
            assertThat(String.join(" ", lines).split("another", -1))
                    .as("width %d", width)
                    .hasSize(13);
            assertThat(String.join(" ", lines).replaceAll(" +", " "))
                    .contains("prompts and decoding mixed", "error 1.0e-06, 2.50 ms");
        }
    }

    private static List<String> lines(int width) {
        DoctorLines doctor = new DoctorLines(width);
        List<String> lines = new ArrayList<>();
        FINDINGS.forEach(finding -> lines.addAll(doctor.of(finding)));
        return lines;
    }

    private static Finding finding(String part, String name, Finding.Status status, String detail) {
        boolean measured = status == Finding.Status.PASS;
        return new Finding(
                part,
                name,
                status,
                detail,
                measured ? OptionalDouble.of(1e-6) : OptionalDouble.empty(),
                measured ? OptionalDouble.of(2.5) : OptionalDouble.empty());
    }
}
