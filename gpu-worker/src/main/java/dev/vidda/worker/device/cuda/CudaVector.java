package dev.vidda.worker.device.cuda;

import dev.vidda.worker.device.LiveBytes;
import dev.vidda.worker.device.Weight;

/** A vector in float32. */
final class CudaVector extends Weight {
    private final DeviceMemory memory;

    CudaVector(LiveBytes live, DeviceMemory memory, int elements) {
        super(live, memory.bytes(), elements, 1);
        this.memory = memory;
    }

    long address() {
        return memory.address();
    }

    @Override
    protected void free() {
        memory.free();
    }
}
