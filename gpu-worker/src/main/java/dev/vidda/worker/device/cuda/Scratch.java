package dev.vidda.worker.device.cuda;

import dev.vidda.worker.device.DeviceBuffer;
import dev.vidda.worker.device.LiveBytes;
import dev.vidda.worker.device.Purpose;

/** Memory that kernels hand results to each other in. */
final class Scratch extends DeviceBuffer {
    private final DeviceMemory memory;

    Scratch(LiveBytes live, DeviceMemory memory) {
        super(live, Purpose.WORKSPACE, memory.bytes());
        this.memory = memory;
    }

    long address() {
        return memory.address();
    }

    DeviceMemory memory() {
        return memory;
    }

    @Override
    protected void free() {
        memory.free();
    }
}
