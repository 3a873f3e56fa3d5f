package dev.vidda.worker.device;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class RopeScalingTest {
    private static final int HEAD_DIM = 128;
    private static final double THETA = 500_000;

    @Test
    void plainFrequenciesFallFromOneToNearlyOneOverTheta() {
        Rope rope = new RopeScaling.Default().rope(HEAD_DIM, THETA);
        assertThat(rope.pairs()).isEqualTo(64);
        assertThat(rope.frequency(0)).isEqualTo(1f);
        assertThat((double) rope.frequency(63)).isCloseTo(Math.pow(THETA, -126.0 / 128), within(1e-12));
        assertThat(rope.magnitude()).isEqualTo(1f);
    }

    @Test
    void linearScalingDividesAllFrequencies() {
        Rope plain = new RopeScaling.Default().rope(HEAD_DIM, THETA);
        Rope scaled = new RopeScaling.Linear(4).rope(HEAD_DIM, THETA);
        for (int i = 0; i < 64; i++) {
            assertThat(scaled.frequency(i)).isEqualTo(plain.frequency(i) / 4);
        }
    }

    @Test
    void llama3KeepsShortWavesDividesLongOnesAndBlendsBetween() {
        Rope plain = new RopeScaling.Default().rope(HEAD_DIM, THETA);
        Rope scaled = new RopeScaling.Llama3(8, 1, 4, 8192).rope(HEAD_DIM, THETA);
        boolean blended = false;
        for (int i = 0; i < 64; i++) {
            double wavelength = 2 * Math.PI / plain.frequency(i);
            float ratio = scaled.frequency(i) / plain.frequency(i);
            if (wavelength < 2048) {
                assertThat(ratio).isEqualTo(1f);
            } else if (wavelength > 8192) {
                assertThat(ratio).isEqualTo(0.125f);
            } else {
                assertThat(ratio).isBetween(0.125f, 1f);
                blended = true;
            }
        }
        assertThat(blended).isTrue();
    }

    @Test
    void yarnKeepsFastPairsStretchesSlowOnesAndRaisesTheMagnitude() {
        float magnitude = RopeScaling.Yarn.paperMagnitude(4);
        assertThat((double) magnitude).isCloseTo(0.1 * Math.log(4) + 1, within(1e-7));
        assertThat(RopeScaling.Yarn.paperMagnitude(1)).isEqualTo(1f);
        Rope plain = new RopeScaling.Default().rope(HEAD_DIM, THETA);
        Rope scaled = new RopeScaling.Yarn(4, 32, 1, 32768, magnitude, true).rope(HEAD_DIM, THETA);
        assertThat(scaled.magnitude()).isEqualTo(magnitude);
        assertThat(scaled.frequency(0)).isEqualTo(plain.frequency(0));
        assertThat(scaled.frequency(63)).isEqualTo(plain.frequency(63) / 4);
    }

    @Test
    void anglesArePositionTimesFrequency() {
        Rope rope = new Rope(new float[] {1f, 0.01f}, 2f);
        float[] cosines = new float[3];
        float[] sines = new float[3];
        rope.fill(100, cosines, sines, 1);
        assertThat((double) cosines[1]).isCloseTo(2 * Math.cos(100), within(1e-6));
        assertThat((double) sines[2]).isCloseTo(2 * Math.sin(1), within(1e-6));
        assertThat(cosines[0]).isZero();
    }

    @Test
    void impossibleScalingsAreRefusedByName() {
        assertThatThrownBy(() -> new RopeScaling.Linear(0)).hasMessageContaining("factor must be positive, was 0.0");
        assertThatThrownBy(() -> new RopeScaling.Llama3(8, 4, 4, 8192)).hasMessageContaining("high_freq_factor");
        assertThatThrownBy(() -> new RopeScaling.Yarn(4, 32, 1, 0, 1, true))
                .hasMessageContaining("original_max_position_embeddings");
    }
}
