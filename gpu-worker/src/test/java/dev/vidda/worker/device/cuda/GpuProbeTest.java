package dev.vidda.worker.device.cuda;

import dev.vidda.worker.device.DeviceFactory;
import dev.vidda.worker.device.Devices;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class GpuProbeTest {
    private static final GpuProbe.Gpu HOPPER = new GpuProbe.Gpu(0, "NVIDIA H200", 90, 132, 150L << 30);
    private static final GpuProbe.Gpu TURING = new GpuProbe.Gpu(1, "Tesla T4", 75, 40, 16L << 30);

    @Test
    void aDriverThatIsOldEnoughToRefuseTheKernelsIsNamedWithWhatIsNeeded() {
        assertThat(GpuProbe.problem(12080, List.of(HOPPER)))
                .hasValueSatisfying(reason -> assertThat(reason)
                        .contains("NVIDIA driver is too old", "CUDA 12.8", "CUDA 13.0", "driver 580"));
    }

    @Test
    void aMachineWithoutGpuOrWithOldOnesOnlySaysSo() {
        assertThat(GpuProbe.problem(13000, List.of())).hasValue("the NVIDIA driver sees no GPU");
        assertThat(GpuProbe.problem(13000, List.of(TURING)))
                .hasValueSatisfying(reason -> assertThat(reason).contains("8.0", "Tesla T4 with 7.5"));
    }

    @Test
    void oneUsableGpuIsEnough() {
        assertThat(GpuProbe.problem(13010, List.of(TURING, HOPPER))).isEmpty();
        assertThat(GpuProbe.version(13010)).isEqualTo("13.1");
    }

    @Test
    void cudaIsTakenBeforeTheCpuWhereItCanBeUsed() {
        assertThat(Devices.all()).extracting(DeviceFactory::name).containsSubsequence("cuda", "cpu");
    }
}
