package dev.vidda.worker.sampling;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class WeightTest {
    @Test
    void theExponentialIsRightToAFewFloatRoundings() {
        for (float distance = 0; distance < 87; distance += 0.0137f) {
            double exact = Math.exp(-distance);
            assertThat(Weight.expOfMinus(distance) / exact)
                    .as("e^-%s", distance)
                    .isCloseTo(1, within(3e-7));
        }
    }

    @Test
    void theMostLikelyTokenWeighsTwoToTheForty() {
        assertThat(Weight.of(0)).isEqualTo(1L << 40);
    }

    @Test
    void everyTokenBelowTheLimitWeighsAtLeastOne() {
        assertThat(Weight.of(Math.nextDown(Weight.NOTHING_FROM))).isEqualTo(1);
    }

    @Test
    void goldenWeightsPinTheArithmeticForOtherDevices() {
        assertThat(Weight.of(0.5f)).isEqualTo(666887520256L);
        assertThat(Weight.of(1f)).isEqualTo(404487733248L);
        assertThat(Weight.of(3.25f)).isEqualTo(42632691712L);
        assertThat(Weight.of(20f)).isEqualTo(2266);
    }
}
