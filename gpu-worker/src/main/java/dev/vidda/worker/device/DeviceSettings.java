package dev.vidda.worker.device;

/**
 * Which device of its kind, and how much of it.
 *
 * @param index which of several devices, from 0
 * @param threads threads that compute on a CPU; 0 for all its cores
 * @param dummyWeights whether weights are made up instead of read, to measure speed
 * @param cublas whether a GPU may use cuBLAS
 */
public record DeviceSettings(int index, int threads, boolean dummyWeights, CublasSettings cublas) {
    public static final DeviceSettings DEFAULT = new DeviceSettings(0, 0);

    public DeviceSettings(int index, int threads) {
        this(index, threads, false);
    }

    public DeviceSettings(int index, int threads, boolean dummyWeights) {
        this(index, threads, dummyWeights, CublasSettings.OFF);
    }

    public DeviceSettings {
        if (index < 0) {
            throw new IllegalArgumentException("device index must not be negative, was " + index);
        }
        if (threads < 0) {
            throw new IllegalArgumentException("threads must not be negative, was " + threads);
        }
    }

    /** The same for another device of that kind. */
    public DeviceSettings on(int other) {
        return new DeviceSettings(other, threads, dummyWeights, cublas);
    }

    /** The same with another use of cuBLAS. */
    public DeviceSettings with(CublasSettings other) {
        return new DeviceSettings(index, threads, dummyWeights, other);
    }
}
