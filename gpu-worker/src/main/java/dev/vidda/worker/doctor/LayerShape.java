package dev.vidda.worker.doctor;

import dev.vidda.worker.device.AttentionShape;
import dev.vidda.worker.weights.DType;
import java.util.Locale;

/**
 * A decoder layer with embedding and head around it.
 *
 * @param window tokens it attends back to, or 0 for all
 * @param type of its weights, 16 bits
 */
public record LayerShape(
        int hidden, int heads, int kvHeads, int headDim, int intermediate, int vocabulary, int window, DType type) {
    AttentionShape attention() {
        return new AttentionShape(heads, kvHeads, headDim);
    }

    /** {@code hidden 160, heads 5/1 x 64, MLP 352, window 40, f16}. */
    @Override
    public String toString() {
        return "hidden %d, heads %d/%d x %d, MLP %d%s, %s"
                .formatted(
                        hidden,
                        heads,
                        kvHeads,
                        headDim,
                        intermediate,
                        window == 0 ? "" : ", window " + window,
                        type.name().toLowerCase(Locale.ROOT));
    }
}
