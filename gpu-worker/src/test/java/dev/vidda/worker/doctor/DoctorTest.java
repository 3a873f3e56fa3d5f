package dev.vidda.worker.doctor;

import dev.vidda.worker.device.Device;
import dev.vidda.worker.device.DeviceException;
import dev.vidda.worker.device.DeviceSettings;
import dev.vidda.worker.device.Devices;
import dev.vidda.worker.device.StepLimits;
import dev.vidda.worker.device.cuda.GpuProbe;
import dev.vidda.worker.doctor.Finding.Status;
import dev.vidda.worker.weights.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

class DoctorTest {
    private static final LayerShape SMALL = new LayerShape(96, 4, 2, 16, 104, 301, 9, DType.BF16);
    private static final int KINDS_OF_STEPS = 5;

    private final List<Finding> findings = new ArrayList<>();

    @Test
    void theCpuDeviceComputesWhatPlainLoopsCompute() {
        checks(1e-4).run(SMALL);

        assertThat(findings).hasSize(KINDS_OF_STEPS).allMatch(finding -> finding.status() == Status.PASS);
        assertThat(Doctor.healthy(findings)).isTrue();
    }

    @Test
    void aDeviceThatIsNotAsExactAsItShouldBeIsFound() {
        checks(1e-9).run(SMALL);

        assertThat(Doctor.healthy(findings)).isFalse();
        assertThat(findings)
                .filteredOn(finding -> finding.status() == Status.FAIL)
                .hasSize(KINDS_OF_STEPS - 1);
        assertThat(findings.getFirst().error().orElseThrow()).isBetween(1e-9, 1e-4);
    }

    @Test
    void theEndOfALongContextIsCompared() {
        KernelChecks.Sizes sizes = new KernelChecks.Sizes(1e-4, 100, new int[] {1}, new int[] {1}, 1, 1500);
        new KernelChecks("cpu", ReferenceDevice::new, DoctorTest::cpu, sizes, findings::add).runLong(SMALL);

        assertThat(findings).singleElement().satisfies(finding -> {
            assertThat(finding.status()).isEqualTo(Status.PASS);
            assertThat(finding.name()).contains("after 1,500 tokens");
        });
    }

    @Test
    void aDeviceThatRefusesAStepIsAFindingAndNotTheEnd() {
        LayerShape odd = new LayerShape(96, 4, 2, 16, 104, 301, 0, DType.BF16);
        KernelChecks.Sizes sizes = new KernelChecks.Sizes(1e-4, 100, new int[] {200}, new int[] {1}, 1, 0);
        new KernelChecks("cpu", ReferenceDevice::new, DoctorTest::cpu, sizes, findings::add).run(odd);

        assertThat(findings).last().satisfies(finding -> {
            assertThat(finding.status()).isEqualTo(Status.FAIL);
            assertThat(finding.detail()).contains("batch full");
        });
    }

    @Test
    void aMissingGpuIsOnlyWrongForWhoAsksForIt() {
        Optional<String> problem = Optional.of("the NVIDIA driver sees no GPU");

        new Doctor("auto", DeviceSettings.DEFAULT, findings::add).gpu(problem);
        new Doctor("cuda", DeviceSettings.DEFAULT, findings::add).gpu(problem);

        assertThat(findings).extracting(Finding::status).containsExactly(Status.SKIP, Status.FAIL);
        assertThat(findings).extracting(Finding::detail).containsOnly(problem.get());
    }

    @Test
    void anUnknownDeviceIsNamed() {
        assertThatThrownBy(() -> new Doctor("tpu", DeviceSettings.DEFAULT, findings::add))
                .isInstanceOf(DeviceException.class)
                .hasMessage("unknown device tpu; known are auto, cpu, cuda");
    }

    @Tag("gpu")
    @Test
    void theGpuComputesWhatTheCpuDeviceComputes() {
        Optional<String> problem = GpuProbe.problem();
        assumeTrue(problem.isEmpty(), () -> "no GPU: " + problem.orElseThrow());

        List<Finding> all = new Doctor("cuda", DeviceSettings.DEFAULT, findings::add).run();

        assertThat(all).filteredOn(finding -> finding.status() == Status.FAIL).isEmpty();
        assertThat(all).hasSizeGreaterThan(Doctor.GPU_SHAPES.size() * KINDS_OF_STEPS);
    }

    private KernelChecks checks(double tolerance) {
        KernelChecks.Sizes sizes =
                new KernelChecks.Sizes(tolerance, 300, new int[] {1, 7, 17, 33}, new int[] {1, 5}, 330, 0);
        return new KernelChecks("cpu", ReferenceDevice::new, DoctorTest::cpu, sizes, findings::add);
    }

    private static Device cpu(StepLimits limits) {
        return Devices.find("cpu").open(new DeviceSettings(0, 2), limits);
    }
}
