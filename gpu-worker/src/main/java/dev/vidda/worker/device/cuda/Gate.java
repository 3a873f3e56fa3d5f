package dev.vidda.worker.device.cuda;

/** Launches the kernel that makes silu(gate) * up of the sums of a gated layer. */
final class Gate {
    private static final int THREADS = 256;
    /** Outputs of a thread. */
    private static final int OUTPUTS = 4;

    private final Launcher launcher;
    private final Kernels kernels;

    Gate(Launcher launcher, Kernels kernels) {
        this.launcher = launcher;
        this.kernels = kernels;
    }

    /** Where products go: [rows][width] elements, in the order of {@code place()} if {@code fragments}. */
    record Target(long address, Element element, boolean fragments) {}

    /** @param bias address of the gated layer's bias, or 0 */
    void launch(Parts parts, long bias, int rows, int width, Target to) {
        launcher.begin().struct();
        parts.appendTo(launcher);
        launcher.pointer(bias)
                .pointer(to.address())
                .int32(width)
                .int32(to.fragments() ? 1 : 0)
                .launch(
                        kernels.get("gate_" + to.element().suffix(), 0),
                        Math.ceilDiv(width, OUTPUTS * THREADS),
                        rows,
                        THREADS);
    }
}
