package dev.vidda.worker.device.cuda;

import java.lang.foreign.MemorySegment;
import jcuda.driver.JCudaDriver;

import static dev.vidda.worker.device.cuda.Driver.check;

/** Memory of the host that the GPU copies from and to by itself. */
final class PinnedMemory implements AutoCloseable {
    private final Handles.HostPointer pointer = new Handles.HostPointer();
    private final MemorySegment segment;

    PinnedMemory(Context context, long bytes) {
        context.enter();
        check(JCudaDriver.cuMemHostAlloc(pointer, bytes, 0), "cuMemHostAlloc of " + bytes + " bytes");
        segment = MemorySegment.ofAddress(pointer.address()).reinterpret(bytes);
    }

    MemorySegment segment() {
        return segment;
    }

    @Override
    public void close() {
        check(JCudaDriver.cuMemFreeHost(pointer), "cuMemFreeHost");
    }
}
