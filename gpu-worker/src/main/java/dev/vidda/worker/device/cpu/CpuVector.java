package dev.vidda.worker.device.cpu;

import dev.vidda.worker.device.LiveBytes;
import dev.vidda.worker.device.Weight;

/** A vector of weights as float32. */
final class CpuVector extends Weight {
    private final float[] data;

    CpuVector(LiveBytes live, float[] data) {
        super(live, 4L * data.length, data.length, 1);
        this.data = data;
    }

    float[] data() {
        return data;
    }

    @Override
    protected void free() {
        // The heap's own.
    }
}
