package dev.vidda.worker.sampling;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PhiloxTest {
    /** The vectors of the authors' own known-answer file for philox4x32 with 10 rounds, first two words. */
    @Test
    void givesTheNumbersOfItsAuthors() {
        assertThat(Philox.block(0, 0, 0, 0, 0, 0)).isEqualTo(0xe169c58d_6627e8d5L);
        assertThat(Philox.block(-1, -1, -1, -1, -1, -1)).isEqualTo(0x41c83b0e_408f276dL);
        assertThat(Philox.block(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0))
                .isEqualTo(0x94fdcceb_d16cfe09L);
    }

    @Test
    void theSeedIsTheKeyAndTheIndexTheCounter() {
        assertThat(Philox.bits(0x1234_5678_9abc_def0L, 7)).isEqualTo(Philox.block(7, 0, 0, 0, 0x9abcdef0, 0x12345678));
    }

    @Test
    void neighbouringSeedsAndIndicesFlipHalfOfTheBits() {
        long flipped = 0;
        for (int i = 0; i < 1000; i++) {
            flipped += Long.bitCount(Philox.bits(i, i) ^ Philox.bits(i + 1, i));
            flipped += Long.bitCount(Philox.bits(i, i) ^ Philox.bits(i, i + 1));
        }
        assertThat(flipped / 2000.0).isBetween(31.5, 32.5);
    }
}
