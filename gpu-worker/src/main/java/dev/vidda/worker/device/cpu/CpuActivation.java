package dev.vidda.worker.device.cpu;

import dev.vidda.worker.device.Activation;
import dev.vidda.worker.device.LiveBytes;

/**
 * Rows of float32, {@link #stride()} apart. Elements between width and stride are zeros, and {@link Panels#ROWS} - 1 rows
 * follow the last one, so that kernels may read whole tiles.
 */
final class CpuActivation extends Activation {
    private final float[] data;
    private final int stride;

    CpuActivation(LiveBytes live, int rows, int width) {
        super(live, bytes(rows, width), width);
        stride = stride(width);
        data = new float[Math.toIntExact(bytes(rows, width) / Float.BYTES)];
    }

    private static int stride(int width) {
        return Math.ceilDiv(width, 16) * 16;
    }

    private static long bytes(int rows, int width) {
        return (long) (rows + Panels.ROWS - 1) * stride(width) * Float.BYTES;
    }

    float[] data() {
        return data;
    }

    int stride() {
        return stride;
    }

    @Override
    protected void free() {
        // The heap's own.
    }
}
