package dev.vidda.worker.device.cuda;

import dev.vidda.worker.device.DeviceException;
import java.lang.foreign.MemorySegment;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

import static dev.vidda.worker.device.cuda.Driver.check;

/** Memory of the GPU. */
final class DeviceMemory {
    private final Handles.DevicePointer pointer = new Handles.DevicePointer();
    private final long bytes;

    private DeviceMemory(long bytes) {
        this.bytes = bytes;
    }

    /** @throws DeviceException if there is not enough */
    static DeviceMemory allocate(Context context, long bytes) {
        context.enter();
        DeviceMemory memory = new DeviceMemory(Math.max(bytes, 1));
        int result = JCudaDriver.cuMemAlloc(memory.pointer, memory.bytes);
        if (result == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
            throw new DeviceException("the GPU has " + context.freeBytes() + " bytes free, " + bytes + " are needed");
        }
        check(result, "cuMemAlloc");
        return memory;
    }

    static DeviceMemory allocateZeros(Context context, long bytes) {
        DeviceMemory memory = allocate(context, bytes);
        check(JCudaDriver.cuMemsetD8Async(memory.pointer, (byte) 0, memory.bytes, context.stream()), "cuMemsetD8Async");
        return memory;
    }

    long address() {
        return pointer.address();
    }

    long bytes() {
        return bytes;
    }

    CUdeviceptr at(long offset) {
        return offset == 0 ? pointer : pointer.withByteOffset(offset);
    }

    /** Copies from pinned memory, on the context's stream. */
    void upload(Context context, long offset, MemorySegment source) {
        check(
                JCudaDriver.cuMemcpyHtoDAsync(
                        at(offset), new Handles.HostPointer(source.address()), source.byteSize(), context.stream()),
                "cuMemcpyHtoDAsync");
    }

    /** Copies to memory of the host, on the context's stream. */
    void download(Context context, long offset, MemorySegment target) {
        check(
                JCudaDriver.cuMemcpyDtoHAsync(
                        new Handles.HostPointer(target.address()), at(offset), target.byteSize(), context.stream()),
                "cuMemcpyDtoHAsync");
    }

    void free() {
        check(JCudaDriver.cuMemFree(pointer), "cuMemFree");
    }
}
