package dev.vidda.worker.device.cuda;

import dev.vidda.worker.device.DeviceException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;

import static dev.vidda.worker.device.cuda.Driver.check;

/** The kernels of the fatbin that travels in the jar, by name. */
final class Kernels implements AutoCloseable {
    static final String FATBIN = "/cuda/vidda.fatbin";

    private final CUmodule module = new CUmodule();
    private final Map<String, Kernel> kernels = new HashMap<>();

    /** A kernel that can be launched. */
    record Kernel(String name, long handle, int sharedBytes) {}

    Kernels() {
        this(FATBIN);
    }

    /** @param fatbin a resource */
    Kernels(String fatbin) {
        check(JCudaDriver.cuModuleLoadData(module, bytes(fatbin)), "loading the kernels");
    }

    /**
     * The kernel called {@code name}.
     *
     * @param sharedBytes dynamic shared memory it is launched with
     */
    Kernel get(String name, int sharedBytes) {
        Kernel known = kernels.get(name);
        if (known != null && known.sharedBytes() >= sharedBytes) {
            return known;
        }
        Handles.Function function = new Handles.Function();
        check(JCudaDriver.cuModuleGetFunction(function, module, name), "finding kernel " + name);
        check(
                JCudaDriver.cuFuncSetAttribute(
                        function, CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, sharedBytes),
                "giving " + sharedBytes + " bytes of shared memory to " + name);
        Kernel kernel = new Kernel(name, function.address(), sharedBytes);
        kernels.put(name, kernel);
        return kernel;
    }

    private static byte[] bytes(String fatbin) {
        try (InputStream in = Kernels.class.getResourceAsStream(fatbin)) {
            if (in == null) {
                throw new DeviceException("the kernels " + fatbin + " are not on the class path");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        check(JCudaDriver.cuModuleUnload(module), "cuModuleUnload");
    }
}
