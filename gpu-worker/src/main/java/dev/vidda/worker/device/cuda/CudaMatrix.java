package dev.vidda.worker.device.cuda;

import dev.vidda.worker.device.LiveBytes;
import dev.vidda.worker.device.Weight;
import org.jspecify.annotations.Nullable;

/** A linear map in the packed order of {@code pack.cu}, with its bias in float32. */
final class CudaMatrix extends Weight {
    private final DeviceMemory packed;
    private final @Nullable DeviceMemory bias;
    private final boolean gated;

    CudaMatrix(
            LiveBytes live, DeviceMemory packed, @Nullable DeviceMemory bias, int outputs, int inputs, boolean gated) {
        super(live, packed.bytes() + (bias == null ? 0 : bias.bytes()), outputs, inputs);
        this.packed = packed;
        this.bias = bias;
        this.gated = gated;
    }

    long address() {
        return packed.address();
    }

    /** Address of the bias, or 0. */
    long bias() {
        return bias == null ? 0 : bias.address();
    }

    /** Whether rows of a gate and of an up projection alternate, 8 by 8. */
    boolean gated() {
        return gated;
    }

    @Override
    protected void free() {
        packed.free();
        if (bias != null) {
            bias.free();
        }
    }
}
