package dev.vidda.worker.device.cpu;

import dev.vidda.worker.device.Ceilings;
import dev.vidda.worker.device.Device;
import dev.vidda.worker.device.DeviceFactory;
import dev.vidda.worker.device.DeviceSettings;
import dev.vidda.worker.device.StepLimits;
import java.nio.ByteOrder;
import java.util.Optional;

/** Opens {@link CpuDevice}. */
public final class CpuDeviceFactory implements DeviceFactory {
    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public int preference() {
        return 0;
    }

    @Override
    public Optional<String> unavailable() {
        return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
                ? Optional.empty()
                : Optional.of("only little-endian machines are supported");
    }

    @Override
    public Device open(DeviceSettings settings, StepLimits limits) {
        return new CpuDevice(threads(settings), limits);
    }

    @Override
    public Ceilings ceilings(DeviceSettings settings) {
        return CpuCeilings.measure(threads(settings));
    }

    private static int threads(DeviceSettings settings) {
        return settings.threads() == 0 ? Runtime.getRuntime().availableProcessors() : settings.threads();
    }
}
