package dev.vidda.worker.device.cpu;

import jdk.incubator.vector.FloatVector;

/** The shape of weight panels and of the tiles that kernels compute. */
final class Panels {
    /** Elements of a vector. */
    static final int LANES = FloatVector.SPECIES_PREFERRED.length();

    /** Vectors of a panel's row. */
    static final int VECTORS = 4;

    /** Outputs of a panel. */
    static final int WIDTH = VECTORS * LANES;

    /** The most activation rows of a tile. */
    static final int ROWS = 8;

    private Panels() {}
}
