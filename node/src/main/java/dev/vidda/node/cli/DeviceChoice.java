package dev.vidda.node.cli;

import dev.vidda.worker.device.CublasSettings;
import dev.vidda.worker.device.DeviceSettings;
import picocli.CommandLine.Option;

/** Which device a command uses. */
final class DeviceChoice {
    @Option(
            names = "--device",
            paramLabel = "KIND",
            defaultValue = "auto",
            description = "auto (a GPU where there is one; doctor looks at all), cpu or cuda (default: auto).")
    private String device = "auto";

    @Option(names = "--device-index", paramLabel = "N", description = "Which GPU (default: 0).")
    private int deviceIndex;

    @Option(names = "--threads", paramLabel = "N", description = "Threads on a CPU (default: one for each core).")
    private int threads;

    @Option(
            names = "--cublas-path",
            paramLabel = "PATH",
            defaultValue = "",
            description = "Folder or file of cuBLAS (default: what the system's loader finds).")
    private String cublasPath = "";

    /** What kind of device was asked for. */
    String kind() {
        return device;
    }

    /** Where cuBLAS is; empty for where the system's loader finds it. */
    String cublasPath() {
        return cublasPath;
    }

    /** For a device of that kind. */
    DeviceSettings settings(CublasSettings.Use cublas) {
        return settings(false, new CublasSettings(cublas, cublasPath));
    }

    /** @param dummy whether weights are made up */
    DeviceSettings settings(boolean dummy, CublasSettings cublas) {
        return new DeviceSettings(deviceIndex, threads, dummy, cublas);
    }
}
