package dev.vidda.worker.device.cuda;

import dev.vidda.worker.device.Ceilings;
import dev.vidda.worker.device.Device;
import dev.vidda.worker.device.DeviceFactory;
import dev.vidda.worker.device.DeviceSettings;
import dev.vidda.worker.device.StepLimits;
import java.util.Optional;

/** Opens {@link CudaDevice}. */
public final class CudaDeviceFactory implements DeviceFactory {
    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public int preference() {
        return 10;
    }

    @Override
    public Optional<String> unavailable() {
        return GpuProbe.problem();
    }

    @Override
    public int count() {
        return GpuProbe.gpus().size();
    }

    @Override
    public boolean makesUpWeights() {
        return true;
    }

    @Override
    public Device open(DeviceSettings settings, StepLimits limits) {
        return new CudaDevice(settings, limits);
    }

    @Override
    public Ceilings ceilings(DeviceSettings settings) {
        return CudaCeilings.measure(settings.index());
    }
}
