package dev.vidda.worker.device;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class CublasSettingsTest {
    @Test
    void usesHaveTheNamesOfTheConfiguration() {
        assertThat(CublasSettings.parse("key", "off", "")).isEqualTo(CublasSettings.OFF);
        assertThat(CublasSettings.parse("key", "auto", " /opt/lib "))
                .isEqualTo(new CublasSettings(CublasSettings.Use.AUTO, "/opt/lib"));
        assertThat(CublasSettings.parse("key", "on", "").use()).isEqualTo(CublasSettings.Use.ON);
    }

    @Test
    void anyOtherUseIsRefusedByTheNameOfItsKey() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CublasSettings.parse("vidda.worker.cublas", "AUTO", ""))
                .withMessage("vidda.worker.cublas must be off, auto or on, was 'AUTO'");
    }

    @Test
    void settingsForAnotherGpuKeepEverythingElse() {
        CublasSettings cublas = new CublasSettings(CublasSettings.Use.AUTO, "");
        assertThat(new DeviceSettings(0, 3, true, cublas).on(2)).isEqualTo(new DeviceSettings(2, 3, true, cublas));
        assertThat(new DeviceSettings(0, 3).with(cublas).cublas()).isEqualTo(cublas);
    }
}
