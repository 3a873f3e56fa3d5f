package dev.vidda.worker.device.cuda;

import dev.vidda.worker.device.cuda.Linears.Ending;

/** What a matrix is in a decoder, as far as its shape tells, and with that how its layer ends in a step of many rows. */
enum LayerKind {
    /** Queries, keys and values. */
    ROWS(Ending.ROWS),
    GATED(Ending.GATED),
    /** Adds to the residual stream. */
    RESIDUAL(Ending.RESIDUAL),
    /** Logits, of sampled rows alone. */
    HEAD(Ending.FLOATS);

    private final Ending ending;

    LayerKind(Ending ending) {
        this.ending = ending;
    }

    Ending ending() {
        return ending;
    }

    /** @param hidden width of the residual stream */
    static LayerKind of(int outputs, int inputs, boolean gated, int hidden) {
        if (gated) {
            return GATED;
        }
        if (isHead(outputs, inputs)) {
            return HEAD;
        }
        return outputs == hidden ? RESIDUAL : ROWS;
    }

    /** No other matrix that is not gated has so many outputs. */
    static boolean isHead(int outputs, int inputs) {
        return outputs > 16 * inputs;
    }
}
