package dev.vidda.node.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vidda.worker.device.cuda.GpuProbe;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

final class DoctorCommandTest {
    @Test
    void theCpuIsCheckedAndReportedInJson() throws JsonProcessingException {
        Outcome outcome = Outcome.of("doctor", "--device", "cpu", "--json");

        assertThat(outcome.exitCode()).as(outcome.out()).isZero();
        JsonNode report = new ObjectMapper().readTree(outcome.out());
        assertThat(report.path("healthy").asBoolean()).isTrue();
        assertThat(report.path("findings").findValuesAsText("part"))
                .contains("machine", "cpu")
                .doesNotContain("cuda");
        assertThat(report.path("findings").findValuesAsText("status")).doesNotContain("fail");
        assertThat(report.path("findings").findValues("error")).hasSizeGreaterThan(10);
    }

    @Test
    void aMachineWithoutGpuSaysWhyAndFailsWhoAskedForOne() {
        assumeTrue(GpuProbe.problem().isPresent(), "this machine has a GPU");

        Outcome outcome = Outcome.of("doctor", "--device", "cuda");

        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.out())
                .containsPattern("FAIL +cuda +device +" + GpuProbe.problem().orElseThrow())
                .contains("something is wrong: 0 passed, 1 failed, 0 skipped");
    }

    @Test
    void anUnknownDeviceIsNamed() {
        Outcome outcome = Outcome.of("doctor", "--device", "tpu");

        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.err()).contains("unknown device tpu; known are auto, cpu, cuda");
    }
}
