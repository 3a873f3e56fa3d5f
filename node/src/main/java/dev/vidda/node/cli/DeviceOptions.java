package dev.vidda.node.cli;

import dev.vidda.worker.device.CublasSettings;
import dev.vidda.worker.device.DeviceSettings;
import picocli.CommandLine.Option;

/** Which device a measurement uses, and how. */
final class DeviceOptions {
    @Option(
            names = "--device",
            paramLabel = "KIND",
            defaultValue = "auto",
            description = "What computes: auto, cpu or cuda (default: auto).")
    private String device = "auto";

    @Option(names = "--device-index", paramLabel = "N", description = "Which device of that kind (default: 0).")
    private int deviceIndex;

    @Option(names = "--threads", paramLabel = "N", description = "Threads on a CPU (default: one for each core).")
    private int threads;

    @Option(
            names = "--cublas",
            paramLabel = "USE",
            defaultValue = "off",
            description = "Whether cuBLAS computes linear layers on a GPU: off, auto or on (default: off).")
    private String cublas = "off";

    @Option(
            names = "--cublas-path",
            paramLabel = "PATH",
            defaultValue = "",
            description = "Its folder or file (default: what the system's loader finds).")
    private String cublasPath = "";

    /** What kind of device was asked for. */
    String kind() {
        return device;
    }

    /**
     * For a device of that kind.
     *
     * @param dummy whether weights are made up
     * @throws IllegalArgumentException naming the option that is none of its values
     */
    DeviceSettings settings(boolean dummy) {
        return new DeviceSettings(deviceIndex, threads, dummy, CublasSettings.parse("--cublas", cublas, cublasPath));
    }
}
