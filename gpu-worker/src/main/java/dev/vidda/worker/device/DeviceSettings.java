package dev.vidda.worker.device;

/**
 * Which device of its kind, and how much of it.
 *
 * @param index which of several devices, from 0
 * @param threads threads that compute on a CPU; 0 for all its cores
 */
public record DeviceSettings(int index, int threads) {
    public static final DeviceSettings DEFAULT = new DeviceSettings(0, 0);

    public DeviceSettings {
        if (index < 0) {
            throw new IllegalArgumentException("device index must not be negative, was " + index);
        }
        if (threads < 0) {
            throw new IllegalArgumentException("threads must not be negative, was " + threads);
        }
    }
}
