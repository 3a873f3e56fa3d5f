package dev.vidda.worker.device;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** The kinds of devices this installation knows. */
public final class Devices {
    /** Leaves the choice of the device to us: the most preferred one that this machine has. */
    public static final String AUTO = "auto";

    private Devices() {}

    /** All kinds, the most preferred first. */
    public static List<DeviceFactory> all() {
        return ServiceLoader.load(DeviceFactory.class).stream()
                .map(ServiceLoader.Provider::get)
                .sorted(Comparator.comparingInt(DeviceFactory::preference).reversed())
                .toList();
    }

    /**
     * The factory called {@code name}, or for {@link #AUTO} the most preferred one that this machine has.
     *
     * @throws DeviceException if there is none, saying why
     */
    public static DeviceFactory find(String name) {
        List<DeviceFactory> all = all();
        for (DeviceFactory factory : all) {
            boolean asked = factory.name().equals(name);
            if (!asked && !(name.equals(AUTO) && factory.preference() >= 0)) {
                continue;
            }
            Optional<String> unavailable = factory.unavailable();
            if (unavailable.isEmpty()) {
                return factory;
            }
            if (asked) {
                throw new DeviceException("device " + name + " cannot be used: " + unavailable.get());
            }
        }
        String known = all.stream().map(DeviceFactory::name).collect(Collectors.joining(", "));
        throw new DeviceException("unknown device " + name + "; known are " + AUTO + ", " + known);
    }
}
