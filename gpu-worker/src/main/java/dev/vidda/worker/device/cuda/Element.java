package dev.vidda.worker.device.cuda;

import dev.vidda.worker.weights.DType;

/** The 16-bit type of weights, activations and the KV cache. */
enum Element {
    BF16("bf16", 9),
    FP16("fp16", 6);

    private final String suffix;
    private final int mapType;

    Element(String suffix, int mapType) {
        this.suffix = suffix;
        this.mapType = mapType;
    }

    /** The type a model of this checkpoint type computes with: float32 weights are rounded to bf16. */
    static Element of(DType type) {
        return switch (type) {
            case F16 -> FP16;
            case BF16, F32 -> BF16;
        };
    }

    /** What its kernels are called: {@code norm_bf16}. */
    String suffix() {
        return suffix;
    }

    /** The driver's number of this type in tensor maps. */
    int mapType() {
        return mapType;
    }

    float toFloat(short bits) {
        return switch (this) {
            case BF16 -> Float.intBitsToFloat(bits << 16);
            case FP16 -> Float.float16ToFloat(bits);
        };
    }
}
