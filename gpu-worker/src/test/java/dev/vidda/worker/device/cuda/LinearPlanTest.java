package dev.vidda.worker.device.cuda;

import java.util.Random;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LinearPlanTest {
    private static final LinearPlan.Gpu HOPPER = new LinearPlan.Gpu(132, true);
    private static final LinearPlan.Gpu ADA = new LinearPlan.Gpu(128, false);

    @Test
    void everyPieceOfWorkHasExactlyOneBlockAndPartsAreCountedInOrder() {
        Random random = new Random(5);
        for (int i = 0; i < 500; i++) {
            int tiles = 1 + random.nextInt(300);
            int units = 1 + random.nextInt(80);
            int grid = 1 + random.nextInt(Math.min(132, tiles * units));
            Parts parts = new Parts(0, 0, 16, units, tiles * units, grid);
            for (int unit = 0; unit < tiles * units; unit++) {
                int owner = parts.owner(unit);
                assertThat(unit)
                        .as("grid %d of %d x %d", grid, tiles, units)
                        .isBetween(parts.first(owner), parts.first(owner + 1) - 1);
            }
        }
    }

    @Test
    void decodeLayersLeaveAtMostTwoParts() {
        for (int outputs : new int[] {16, 100, 2560, 6144, 19456, 28672}) {
            LinearPlan plan = LinearPlan.of(HOPPER, 8, outputs, 2560);
            assertThat(plan.form()).isEqualTo(LinearPlan.Form.SMALL);
            assertThat(plan.parts().maxCount()).as("%d outputs", outputs).isBetween(1, 2);
        }
    }

    @Test
    void cutOfALayerDoesNotDependOnTheRows() {
        LinearPlan one = LinearPlan.of(HOPPER, 1, 2560, 9728);
        assertThat(LinearPlan.of(HOPPER, LinearPlan.SMALL_ROWS, 2560, 9728)).isEqualTo(one);
        Parts more = LinearPlan.of(HOPPER, 17, 2560, 9728).parts();
        assertThat(LinearPlan.of(HOPPER, 256, 2560, 9728).parts()).isEqualTo(more);
    }

    @Test
    void gatedLayersAreFinishedInPlaceWhereBlocksAreNearlyEven() {
        assertThat(LinearPlan.gated(HOPPER, 8, 2 * 9728, 2560)).isPresent();
        assertThat(LinearPlan.gated(HOPPER, 8, 2 * 1100, 2560)).isEmpty();
        assertThat(LinearPlan.gated(HOPPER, 100, 2 * 9728, 2560)).isPresent();
        assertThat(LinearPlan.gated(HOPPER, 100, 2 * 1100, 2560)).isEmpty();
        assertThat(LinearPlan.gated(HOPPER, 256, 2 * 9728, 2560)).isPresent();
        assertThat(LinearPlan.gated(HOPPER, 256, 2 * 1100, 2560)).isEmpty();
        assertThat(LinearPlan.gated(HOPPER, 1000, 2 * 9728, 2560)).isEmpty();
        assertThat(LinearPlan.gated(ADA, 100, 2 * 9728, 2560)).isEmpty();
    }

    @Test
    void tilesHaveTheRowsThatLeaveFewestMultiprocessorsIdle() {
        assertThat(LinearPlan.of(HOPPER, 2048, 2560, 4096).tileRows()).isEqualTo(160);
        assertThat(LinearPlan.of(HOPPER, 2048, 19456, 2560).tileRows()).isEqualTo(256);
        assertThat(LinearPlan.of(HOPPER, 1024, 2560, 4096).tileRows()).isEqualTo(192);
        assertThat(LinearPlan.of(HOPPER, 512, 2560, 4096).tileRows()).isEqualTo(96);
        assertThat(LinearPlan.of(HOPPER, 8192, 2560, 9728).tileRows()).isEqualTo(256);
        assertThat(LinearPlan.whole(HOPPER, 32, 151936, 2560).tileRows()).isEqualTo(32);
    }

    @Test
    void headIsNeverInParts() {
        for (int rows : new int[] {1, 32, 33, 300}) {
            LinearPlan plan = LinearPlan.whole(HOPPER, rows, 151936, 2560);
            assertThat(plan.parts().grid() == 0 || plan.parts().maxCount() == 1).isTrue();
            assertThat(LinearPlan.whole(ADA, rows, 1000, 320).form())
                    .isIn(LinearPlan.Form.SMALL, LinearPlan.Form.LARGE);
        }
    }

    @Test
    void kernelsForHopperAreUsedThereOnlyAndOnlyWhereTheyCan() {
        assertThat(LinearPlan.of(HOPPER, 300, 2560, 2560).form()).isEqualTo(LinearPlan.Form.HOPPER_TILES);
        assertThat(LinearPlan.of(HOPPER, 100, 2560, 2560).form()).isEqualTo(LinearPlan.Form.HOPPER_PARTS);
        assertThat(LinearPlan.of(HOPPER, 100, 2560, 352).form()).isEqualTo(LinearPlan.Form.SMALL);
        assertThat(LinearPlan.of(HOPPER, 300, 2560, 352).form()).isEqualTo(LinearPlan.Form.LARGE);
        assertThat(LinearPlan.of(ADA, 100, 2560, 2560).form()).isEqualTo(LinearPlan.Form.LARGE);
        assertThat(LinearPlan.of(ADA, 64, 2560, 2560).form()).isEqualTo(LinearPlan.Form.SMALL);
    }
}
