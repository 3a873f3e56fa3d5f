package dev.vidda.worker.device.cpu;

import java.lang.foreign.MemorySegment;

/**
 * Multiplies rows of activations with a panel of weights: {@code sums[r][j] += x[r][i] * w[i][j]} over {@code count}
 * ascending inputs {@code i}, each sum by fused multiply-adds in that order whatever the number of rows.
 *
 * <p>{@code x} at {@code xOffset} is the first input of the first row; {@code sums} at {@code sumOffset} has
 * {@link Panels#WIDTH} elements a row. {@code count} is even.
 */
interface TileKernel {
    /** One row. */
    void one(MemorySegment panel, long offset, int count, float[] x, int xOffset, float[] sums, int sumOffset);

    /** Four rows, {@code xStride} apart. */
    void four(
            MemorySegment panel,
            long offset,
            int count,
            float[] x,
            int xOffset,
            int xStride,
            float[] sums,
            int sumOffset);

    /** Eight rows with half a panel: the first two vectors from {@code offset} and {@code sumOffset} on. */
    void eight(
            MemorySegment panel,
            long offset,
            int count,
            float[] x,
            int xOffset,
            int xStride,
            float[] sums,
            int sumOffset);
}
