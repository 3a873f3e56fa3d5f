package dev.vidda.node.cli;

import dev.vidda.worker.device.CublasSettings;
import dev.vidda.worker.device.DeviceSettings;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which device a measurement uses, and how. */
final class DeviceOptions {
    @Mixin
    private DeviceChoice choice = new DeviceChoice();

    @Option(
            names = "--cublas",
            paramLabel = "USE",
            defaultValue = "off",
            description = "Whether cuBLAS computes linear layers on a GPU: off, auto or on (default: off).")
    private String cublas = "off";

    /** What kind of device was asked for. */
    String kind() {
        return choice.kind();
    }

    /**
     * For a device of that kind.
     *
     * @param dummy whether weights are made up
     * @throws IllegalArgumentException naming the option that is none of its values
     */
    DeviceSettings settings(boolean dummy) {
        return choice.settings(dummy, CublasSettings.parse("--cublas", cublas, choice.cublasPath()));
    }
}
