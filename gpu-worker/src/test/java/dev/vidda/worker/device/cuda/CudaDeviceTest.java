package dev.vidda.worker.device.cuda;

import dev.vidda.worker.device.DeviceException;
import dev.vidda.worker.device.DeviceFactory;
import dev.vidda.worker.device.Devices;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
}
