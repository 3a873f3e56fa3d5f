package dev.vidda.worker.device.cuda;

import dev.vidda.worker.device.LiveBytes;
import dev.vidda.worker.device.Weight;
import org.jspecify.annotations.Nullable;

/** A linear map in the packed order of {@code pack.cu}, with its bias in float32. */
final class CudaMatrix extends Weight {
    private final DeviceMemory packed;
    private final @Nullable DeviceMemory bias;
    private final boolean gated;
    private CublasLinears.@Nullable Use cublas;

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

    /** Lets cuBLAS compute it for some numbers of rows, from a copy that belongs to this matrix now; or no longer. */
    void use(CublasLinears.@Nullable Use use) {
        cublas = use;
    }

    /** What cuBLAS is to do for so many rows; null for nothing. */
    CublasLinears.@Nullable Use cublas(int rows) {
        return cublas != null && cublas.rows().take(rows) ? cublas : null;
    }

    @Override
    protected void free() {
        if (cublas != null) {
            cublas.copy().close();
        }
        packed.free();
        if (bias != null) {
            bias.free();
        }
    }
}
