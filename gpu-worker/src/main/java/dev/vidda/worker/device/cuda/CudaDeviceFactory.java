package dev.vidda.worker.device.cuda;

import dev.vidda.worker.device.Device;
import dev.vidda.worker.device.DeviceException;
import dev.vidda.worker.device.DeviceFactory;
import dev.vidda.worker.device.DeviceSettings;
import dev.vidda.worker.device.StepLimits;
import java.util.Optional;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** Opens {@link CudaDevice}. */
public final class CudaDeviceFactory implements DeviceFactory {
    @Override
    public String name() {
        return "cuda";
    }

    /** Only by name: it has run as an engine, not yet behind a gateway. */
    @Override
    public int preference() {
        return -1;
    }

    @Override
    public Optional<String> unavailable() {
        Optional<String> missing = Driver.missing();
        if (missing.isPresent()) {
            return missing;
        }
        String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        if (!system.equals("Linux amd64")) {
            return Optional.of("its native library is for Linux amd64 only, this is " + system);
        }
        try {
            JCudaDriver.setExceptionsEnabled(false);
            int result = JCudaDriver.cuInit(0);
            if (result != CUresult.CUDA_SUCCESS) {
                return Optional.of("the NVIDIA driver does not start: " + CUresult.stringFor(result));
            }
            return Context.deviceCount() > 0 ? Optional.empty() : Optional.of("the NVIDIA driver sees no GPU");
        } catch (DeviceException e) {
            return Optional.of("the NVIDIA driver does not answer: " + e.getMessage());
        } catch (LinkageError e) {
            return Optional.of(
                    "the native library between Java and the NVIDIA driver does not load: " + e.getMessage());
        }
    }

    @Override
    public Device open(DeviceSettings settings, StepLimits limits) {
        return new CudaDevice(settings.index(), limits, settings.dummyWeights());
    }
}
