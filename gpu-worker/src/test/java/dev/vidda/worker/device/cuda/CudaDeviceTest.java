package dev.vidda.worker.device.cuda;

import dev.vidda.worker.device.DeviceException;
import dev.vidda.worker.device.DeviceFactory;
import dev.vidda.worker.device.Devices;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

class CudaDeviceTest {
    private static Optional<String> unavailable = Optional.empty();

    @BeforeAll
    static void look() {
        unavailable = new CudaDeviceFactory().unavailable();
    }

    @Test
    void cudaIsFoundByNameOrSaysInOneLineWhyItCannotBeUsed() {
        assertThat(Devices.all()).extracting(DeviceFactory::name).contains("cuda");
        if (unavailable.isPresent()) {
            assertThat(unavailable.get()).doesNotContain("\n").contains("NVIDIA driver");
            assertThatThrownBy(() -> Devices.find("cuda"))
                    .isInstanceOf(DeviceException.class)
                    .hasMessageContaining(unavailable.get());
        } else {
            assertThat(Devices.find("cuda").name()).isEqualTo("cuda");
        }
    }

    static List<LayerCheck.Shape> shapes() {
        return GpuDriver.SHAPES;
    }

    @Tag("gpu")
    @ParameterizedTest
    @MethodSource("shapes")
    void layersComputeWhatTheCpuDeviceComputes(LayerCheck.Shape shape) {
        assumeTrue(unavailable.isEmpty(), () -> "no GPU: " + unavailable.orElseThrow());
        try (LayerCheck check = new LayerCheck(shape, 1200, 300, 7)) {
            List<LayerCheck.Sequence> few =
                    List.of(check.sequence(60), check.sequence(20), check.sequence(900), check.sequence(64));
            assertThat(check.step(few, 1, 3, 200, 40).worst()).isLessThan(GpuDriver.TOLERANCE);
            assertThat(check.step(few, 17, 1, 1, 13).worst()).isLessThan(GpuDriver.TOLERANCE);
            assertThat(check.step(few, 1, 1, 1, 1).worst()).isLessThan(GpuDriver.TOLERANCE);
            assertThat(check.step(few, 1, 1, 600, 1).worst()).isLessThan(GpuDriver.TOLERANCE);
        }
    }
}
