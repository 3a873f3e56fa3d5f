package dev.vidda.worker.device.cuda;

import dev.vidda.worker.device.DeviceException;
import java.nio.charset.StandardCharsets;
import jcuda.driver.CUcontext;
import jcuda.driver.CUctx_flags;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;

import static dev.vidda.worker.device.cuda.Driver.check;

/** One GPU's context with the stream that all steps run on. Belongs to the thread that calls {@link #enter} last. */
final class Context implements AutoCloseable {
    private final Driver driver = new Driver();
    private final CUdevice device = new CUdevice();
    private final CUcontext context = new CUcontext();
    private final Handles.Stream stream = new Handles.Stream();
    private final String name;
    private final int multiprocessors;
    private final int capability;
    private final int sharedBytes;

    private Thread entered;

    /** @throws DeviceException if there is no such GPU, or its driver does not start */
    Context(int index) {
        JCudaDriver.setExceptionsEnabled(false);
        check(JCudaDriver.cuInit(0), "cuInit");
        int devices = deviceCount();
        if (index >= devices) {
            throw new DeviceException("there is no GPU " + index + ", this machine has " + devices);
        }
        check(JCudaDriver.cuDeviceGet(device, index), "cuDeviceGet");
        check(JCudaDriver.cuCtxCreate(context, CUctx_flags.CU_CTX_SCHED_SPIN, device), "cuCtxCreate");
        entered = Thread.currentThread();
        check(JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING), "cuStreamCreate");
        byte[] bytes = new byte[256];
        check(JCudaDriver.cuDeviceGetName(bytes, bytes.length, device), "cuDeviceGetName");
        name = new String(bytes, StandardCharsets.UTF_8).replace("\0", "").strip();
        multiprocessors = attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
        capability = 10 * attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
                + attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
        sharedBytes = attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN);
    }

    /** GPUs the driver knows; it must have been initialised. */
    static int deviceCount() {
        int[] count = new int[1];
        check(JCudaDriver.cuDeviceGetCount(count), "cuDeviceGetCount");
        return count[0];
    }

    /** Makes this context the calling thread's. */
    void enter() {
        if (entered != Thread.currentThread()) {
            check(JCudaDriver.cuCtxSetCurrent(context), "cuCtxSetCurrent");
            entered = Thread.currentThread();
        }
    }

    Driver driver() {
        return driver;
    }

    Handles.Stream stream() {
        return stream;
    }

    String name() {
        return name;
    }

    int multiprocessors() {
        return multiprocessors;
    }

    /** Ten times the compute capability: 90 for Hopper. */
    int capability() {
        return capability;
    }

    /** Whether kernels may use wgmma and tensor maps as on Hopper: they exist there and nowhere else. */
    boolean hopper() {
        return capability == 90;
    }

    /** Whether a kernel may start before the one it depends on has ended. */
    boolean dependentLaunch() {
        return capability >= 90;
    }

    /** The most shared memory of a block. */
    int sharedBytes() {
        return sharedBytes;
    }

    /** The PCI bus address, by which other libraries know the GPU. */
    String busId() {
        String[] id = new String[1];
        check(JCudaDriver.cuDeviceGetPCIBusId(id, 32, device), "cuDeviceGetPCIBusId");
        return id[0].strip();
    }

    long freeBytes() {
        long[] free = new long[1];
        check(JCudaDriver.cuMemGetInfo(free, new long[1]), "cuMemGetInfo");
        return free[0];
    }

    long totalBytes() {
        long[] total = new long[1];
        check(JCudaDriver.cuMemGetInfo(new long[1], total), "cuMemGetInfo");
        return total[0];
    }

    /** Waits until the stream has done all its work. */
    void synchronize() {
        check(JCudaDriver.cuStreamSynchronize(stream), "a kernel");
    }

    private int attribute(int attribute) {
        int[] value = new int[1];
        check(JCudaDriver.cuDeviceGetAttribute(value, attribute, device), "cuDeviceGetAttribute");
        return value[0];
    }

    @Override
    public void close() {
        enter();
        check(JCudaDriver.cuStreamDestroy(stream), "cuStreamDestroy");
        check(JCudaDriver.cuCtxDestroy(context), "cuCtxDestroy");
    }
}
