package dev.vidda.worker.device.cuda;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LayerKindTest {
    @Test
    void matricesOfKnownModelsAreToldApartByTheirShape() {
        assertThat(LayerKind.of(6144, 2560, false, 2560)).isEqualTo(LayerKind.ROWS);
        assertThat(LayerKind.of(2560, 4096, false, 2560)).isEqualTo(LayerKind.RESIDUAL);
        assertThat(LayerKind.of(19456, 2560, true, 2560)).isEqualTo(LayerKind.GATED);
        assertThat(LayerKind.of(2560, 9728, false, 2560)).isEqualTo(LayerKind.RESIDUAL);
        assertThat(LayerKind.of(151936, 2560, false, 2560)).isEqualTo(LayerKind.HEAD);
    }
}
