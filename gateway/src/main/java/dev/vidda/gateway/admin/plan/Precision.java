package dev.vidda.gateway.admin.plan;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How a model's weights are stored. Embeddings, head and norms stay 16-bit in all of them. */
public enum Precision {
    /** bf16 or fp16. */
    BF16(2),
    /** 8-bit floats with a scale for each block of 128 x 128. */
    FP8(1 + 4.0 / (128 * 128)),
    /** 4-bit integers with a 16-bit scale and a 4-bit zero for each group of 128 (AWQ). */
    AWQ(0.5 + 2.5 / 128);

    private final double bytes;

    Precision(double bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one weight of a linear layer, its share of scales among them. */
    public double bytes() {
        return bytes;
    }

    /** @throws IllegalArgumentException naming those that there are */
    public static Precision parse(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "bf16", "fp16", "auto" -> BF16;
            case "fp8" -> FP8;
            case "awq", "int4" -> AWQ;
            default ->
                throw new IllegalArgumentException("dtype must be one of "
                        + Arrays.stream(values())
                                .map(each -> each.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", "))
                        + ", but it is '" + text + "'");
        };
    }
}
