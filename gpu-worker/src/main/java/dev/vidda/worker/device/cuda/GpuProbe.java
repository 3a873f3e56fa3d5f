package dev.vidda.worker.device.cuda;

import dev.vidda.worker.device.DeviceException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

import static dev.vidda.worker.device.cuda.Driver.check;

/** What this machine has for the {@code cuda} device, found out without opening a GPU. */
public final class GpuProbe {
    /** Compute capability, times ten, of the oldest GPU that the kernels run on. */
    static final int LOWEST_CAPABILITY = 80;
    /** What the shipped kernels were compiled with, as the driver numbers versions; an older driver refuses them. */
    private static final int KERNELS_CUDA = 13000;

    private static final String KERNELS_DRIVER = "driver 580";

    private GpuProbe() {}

    /**
     * A GPU that the driver sees.
     *
     * @param capability ten times its compute capability: 90 for Hopper
     * @param bytes its memory
     */
    public record Gpu(int index, String name, int capability, int multiprocessors, long bytes) {
        public String capabilityText() {
            return capability / 10 + "." + capability % 10;
        }

        boolean supported() {
            return capability >= LOWEST_CAPABILITY;
        }
    }

    /** Why the {@code cuda} device cannot be used on this machine, in one line; empty if it can. */
    public static Optional<String> problem() {
        String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        if (!system.equals("Linux amd64")) {
            return Optional.of("it needs Linux amd64 with an NVIDIA driver, this is " + system);
        }
        Optional<String> missing = Driver.missing();
        if (missing.isPresent()) {
            return missing;
        }
        try {
            JCudaDriver.setExceptionsEnabled(false);
            int result = JCudaDriver.cuInit(0);
            if (result != CUresult.CUDA_SUCCESS) {
                return Optional.of("the NVIDIA driver does not start: " + CUresult.stringFor(result));
            }
            return problem(driverVersion(), gpus());
        } catch (DeviceException e) {
            return Optional.of("the NVIDIA driver does not answer: " + e.getMessage());
        } catch (LinkageError e) {
            return Optional.of(
                    "the native library between Java and the NVIDIA driver does not load: " + e.getMessage());
        }
    }

    /**
     * The same of a driver that starts.
     *
     * @param driverVersion see {@link #driverVersion}
     */
    static Optional<String> problem(int driverVersion, List<Gpu> gpus) {
        if (driverVersion < KERNELS_CUDA) {
            return Optional.of("the NVIDIA driver is too old: it knows CUDA " + version(driverVersion)
                    + ", the kernels need CUDA " + version(KERNELS_CUDA) + " (" + KERNELS_DRIVER + " or later)");
        }
        if (gpus.isEmpty()) {
            return Optional.of("the NVIDIA driver sees no GPU");
        }
        if (gpus.stream().noneMatch(Gpu::supported)) {
            String found = gpus.stream()
                    .map(gpu -> gpu.name() + " with " + gpu.capabilityText())
                    .collect(Collectors.joining(", "));
            return Optional.of("no GPU of the NVIDIA driver has compute capability " + LOWEST_CAPABILITY / 10
                    + ".0 or later, found " + found);
        }
        return Optional.empty();
    }

    /** The newest CUDA that the driver knows, a thousand times its version; only where the driver starts. */
    public static int driverVersion() {
        int[] version = new int[1];
        check(JCudaDriver.cuDriverGetVersion(version), "cuDriverGetVersion");
        return version[0];
    }

    /**
     * The cuBLAS that {@code vidda.worker.cublas} would take, with its version and file; empty where there is none.
     *
     * @param path its folder or file; empty for the loader's path
     */
    public static Optional<String> cublas(String path) {
        return CublasLibrary.find(path).map(library -> library.description() + " (" + library.name() + ")");
    }

    /** {@code 13000} as {@code 13.0}. */
    public static String version(int cuda) {
        return String.format(Locale.ROOT, "%d.%d", cuda / 1000, cuda % 1000 / 10);
    }

    /** All GPUs that the driver sees; it must have started, which {@link #problem} sees to. */
    public static List<Gpu> gpus() {
        List<Gpu> gpus = new ArrayList<>();
        for (int i = 0; i < Context.deviceCount(); i++) {
            CUdevice device = new CUdevice();
            check(JCudaDriver.cuDeviceGet(device, i), "cuDeviceGet");
            byte[] name = new byte[256];
            check(JCudaDriver.cuDeviceGetName(name, name.length, device), "cuDeviceGetName");
            long[] bytes = new long[1];
            check(JCudaDriver.cuDeviceTotalMem(bytes, device), "cuDeviceTotalMem");
            int capability = 10 * attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
                    + attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
            int multiprocessors = attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
            String text =
                    new String(name, StandardCharsets.UTF_8).replace("\0", "").strip();
            gpus.add(new Gpu(i, text, capability, multiprocessors, bytes[0]));
        }
        return gpus;
    }

    private static int attribute(CUdevice device, int attribute) {
        int[] value = new int[1];
        check(JCudaDriver.cuDeviceGetAttribute(value, attribute, device), "cuDeviceGetAttribute");
        return value[0];
    }
}
