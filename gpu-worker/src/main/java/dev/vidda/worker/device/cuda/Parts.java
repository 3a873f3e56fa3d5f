package dev.vidda.worker.device.cuda;

/**
 * Partial sums of a linear layer that its reader adds up: {@code struct Parts} of the kernels. All work of the layer, tile
 * by tile, is cut evenly over the blocks of a launch; a tile that several blocks share leaves one part for each, in their
 * order. The cut depends on the matrix alone, so a sum does not depend on the batch.
 *
 * @param base address of the floats [parts, rows, outputs]
 * @param stride elements from one part to the next
 * @param tileRows outputs of a tile
 * @param units pieces of a tile's work
 * @param total pieces of all tiles
 * @param grid blocks; 0 when there is nothing to add
 */
record Parts(long base, long stride, int tileRows, int units, int total, int grid) {
    static final Parts NONE = new Parts(0, 0, 1, 1, 1, 0);

    /** The block that has piece {@code unit}. */
    static int owner(int unit, int total, int grid) {
        return (int) (((long) (unit + 1) * grid - 1) / total);
    }

    /** Parts of tile {@code tile}. */
    int count(int tile) {
        return owner((tile + 1) * units - 1, total, grid) - owner(tile * units, total, grid) + 1;
    }

    /** The most parts of any tile. */
    int maxCount() {
        int most = 0;
        for (int tile = 0; tile < total / units; tile++) {
            most = Math.max(most, count(tile));
        }
        return most;
    }

    Parts at(long newBase, long newStride) {
        return new Parts(newBase, newStride, tileRows, units, total, grid);
    }

    void appendTo(Launcher launcher) {
        launcher.struct()
                .withInt64(base)
                .withInt64(stride)
                .withInt32(tileRows)
                .withInt32(units)
                .withInt32(total)
                .withInt32(grid);
    }
}
