package dev.vidda.worker.device.cuda;

import dev.vidda.worker.device.DeviceBuffer;
import dev.vidda.worker.device.LiveBytes;
import dev.vidda.worker.device.Purpose;

/** A matrix once more, as 16-bit elements [inputs][outputs]; of a gated one, outputs alternate as its packed rows do. */
final class PlainCopy extends DeviceBuffer {
    private final DeviceMemory memory;

    PlainCopy(LiveBytes live, DeviceMemory memory) {
        super(live, Purpose.COPIES, memory.bytes());
        this.memory = memory;
    }

    /** Bytes of the copy of a matrix. */
    static long bytes(CudaMatrix matrix) {
        return (long) matrix.outputs() * matrix.inputs() * Short.BYTES;
    }

    long address() {
        return memory.address();
    }

    @Override
    protected void free() {
        memory.free();
    }
}
