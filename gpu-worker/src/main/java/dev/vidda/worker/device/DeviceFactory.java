package dev.vidda.worker.device;

import java.util.Optional;

/** Opens devices of one kind; found with {@link java.util.ServiceLoader}. */
public interface DeviceFactory {
    /** {@code cpu}, {@code cuda}. */
    String name();

    /** Higher is tried first when the user leaves the choice to us; negative: only when asked for by name. */
    int preference();

    /** Why no device of this kind can be opened on this machine; empty if one can. Must not throw. */
    Optional<String> unavailable();

    /** Whether its devices make up the numbers themselves when {@link DeviceSettings#dummyWeights} asks for it. */
    default boolean makesUpWeights() {
        return false;
    }

    /** How many devices of this kind this machine has; their indexes are those below it. */
    default int count() {
        return 1;
    }

    /** @throws DeviceException if the device cannot be opened after all */
    Device open(DeviceSettings settings, StepLimits limits);

    /**
     * Measures the device for a second or two; it should do nothing else meanwhile, and no model should be on it.
     *
     * @throws DeviceException if the device cannot be opened after all
     */
    Ceilings ceilings(DeviceSettings settings);
}
