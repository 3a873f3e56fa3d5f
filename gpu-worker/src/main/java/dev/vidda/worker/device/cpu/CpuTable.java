package dev.vidda.worker.device.cpu;

import dev.vidda.worker.device.LiveBytes;
import dev.vidda.worker.device.Weight;
import dev.vidda.worker.weights.HostTensor;

/** An embedding table, read where the checkpoint maps it. */
final class CpuTable extends Weight {
    private final HostTensor tensor;

    CpuTable(LiveBytes live, HostTensor tensor) {
        super(live, tensor.data().byteSize(), tensor.rows(), tensor.columns());
        this.tensor = tensor;
    }

    void copyRow(int row, float[] target, int offset) {
        HostVectors.copy(tensor, (long) row * inputs(), target, offset, inputs());
    }

    @Override
    protected void free() {
        // The checkpoint's own.
    }
}
