package dev.vidda.worker.device.cuda;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PlainCopiesTest {
    @Test
    void everyWindowOfTheBandHoldsRowsOfTheIdentity() {
        for (int inputs : new int[] {32, 96, 160, 544}) {
            boolean[] band = new boolean[(int) (PlainCopies.bandBytes(inputs) / Short.BYTES)];
            for (int i = 0; i < PlainCopies.bandOnes(inputs); i++) {
                band[inputs + i * (inputs + 1)] = true;
            }
            for (int row = 0; row < inputs; row += PlainCopies.BAND) {
                int from = PlainCopies.windowStart(inputs, row);
                for (int i = 0; i < Math.min(PlainCopies.BAND, inputs - row); i++) {
                    for (int k = 0; k < inputs; k++) {
                        assertThat(band[from + i * inputs + k])
                                .as("%d inputs, row %d, column %d", inputs, row + i, k)
                                .isEqualTo(k == row + i);
                    }
                }
            }
        }
    }
}
