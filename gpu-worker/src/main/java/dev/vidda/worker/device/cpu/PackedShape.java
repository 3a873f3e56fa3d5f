package dev.vidda.worker.device.cpu;

import dev.vidda.worker.weights.DType;

/**
 * What a {@link PackedMatrix} packs.
 *
 * @param outputs outputs of the linear map; of a gated one those of gate alone
 * @param gated whether panels are half gate, half up
 */
record PackedShape(DType dtype, int outputs, int inputs, boolean gated) {
    /** Outputs that a panel contributes to the result. */
    int outputsPerPanel() {
        return gated ? Panels.WIDTH / 2 : Panels.WIDTH;
    }

    int panels() {
        return Math.ceilDiv(outputs, outputsPerPanel());
    }

    long bytes() {
        return panels() * panelBytes(dtype, inputs);
    }

    static int paddedInputs(int inputs) {
        return inputs + inputs % 2;
    }

    static long panelBytes(DType dtype, int inputs) {
        return (long) paddedInputs(inputs) * Panels.WIDTH * dtype.bytes();
    }
}
