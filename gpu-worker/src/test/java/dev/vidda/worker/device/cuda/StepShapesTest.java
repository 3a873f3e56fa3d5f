package dev.vidda.worker.device.cuda;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The pure decisions about the shape of a step. */
class StepShapesTest {
    @Test
    void chunksArePowersOfTwoAndNeverMoreThanTheMost() {
        for (int context = 1; context < 300_000; context += context < 5000 ? 1 : 997) {
            int tokens = Chunks.tokens(context);
            assertThat(Integer.bitCount(tokens)).isEqualTo(1);
            assertThat(tokens).isGreaterThanOrEqualTo(CudaKv.BLOCK_TOKENS);
            assertThat(Math.ceilDiv(context, tokens))
                    .as("chunks of %d", context)
                    .isLessThanOrEqualTo(Chunks.most(context));
        }
    }

    @Test
    void everyNumberOfRowsHasABucketThatHoldsIt() {
        for (int most : new int[] {1, 3, 8, 33, 256, 300}) {
            int[] buckets = StepGraphs.buckets(most);
            assertThat(buckets).isSorted().doesNotHaveDuplicates();
            assertThat(buckets[buckets.length - 1]).isEqualTo(most);
        }
        assertThat(StepGraphs.buckets(48)).containsExactly(1, 2, 4, 8, 16, 24, 32, 48);
    }

    @Test
    void fragmentOrderIsAPermutationOfEach32Elements() {
        boolean[] seen = new boolean[96];
        for (int k = 0; k < seen.length; k++) {
            int place = StepRunner.place(k);
            assertThat(place / 32).isEqualTo(k / 32);
            assertThat(seen[place]).isFalse();
            seen[place] = true;
        }
        assertThat(StepRunner.place(2)).isEqualTo(8);
        assertThat(StepRunner.place(8)).isEqualTo(2);
        assertThat(StepRunner.place(16)).isEqualTo(4);
    }
}
