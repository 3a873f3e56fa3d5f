package dev.vidda.worker.device.cuda;

/**
 * Partial sums of a linear layer that its reader adds up: {@code struct Parts} of the kernels. All work of the layer, tile
 * by tile, is cut evenly over the blocks of a launch; a tile that several blocks share leaves one part for each, in their
 * order. The cut depends on the matrix alone, so a sum does not depend on the batch.
 *
 * @param base address of the floats [parts, rows, outputs]
 * @param stride elements from one part to the next
 * @param tileRows outputs of a tile; {@link #IN_TWO} if every sum is in two parts, the second one perhaps zero
 * @param units pieces of a tile's work
 * @param total pieces of all tiles
 * @param grid blocks; 0 when there is nothing to add
 */
record Parts(long base, long stride, int tileRows, int units, int total, int grid) {
    static final int IN_TWO = 0;
    static final Parts NONE = new Parts(0, 0, 1, 1, 1, 0);

    /** Pieces that every block has; the first {@link #longer} blocks have one more. */
    int least() {
        return grid == 0 ? 0 : total / grid;
    }

    int longer() {
        return grid == 0 ? 0 : total % grid;
    }

    /** The block that has piece {@code unit}. */
    int owner(int unit) {
        int inLonger = longer() * (least() + 1);
        return unit < inLonger ? unit / (least() + 1) : longer() + (unit - inLonger) / least();
    }

    /** The first piece of a block. */
    int first(int block) {
        return block * least() + Math.min(block, longer());
    }

    /** Parts of tile {@code tile}. */
    int count(int tile) {
        return tileRows == IN_TWO ? 2 : owner((tile + 1) * units - 1) - owner(tile * units) + 1;
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
        launcher.withInt64(base).withInt64(stride).withInt32(tileRows).withInt32(units);
        appendCutTo(launcher);
    }

    /** Appends the cut alone: {@code struct Cut} of the kernels. */
    void appendCutTo(Launcher launcher) {
        launcher.withInt32(least()).withInt32(longer()).withInt32(grid);
    }
}
