package dev.vidda.worker.device.cuda;

import java.util.Optional;

/**
 * Which kernel computes a linear layer for a number of rows, and how its work is cut.
 *
 * @param form the kernel
 * @param parts how outputs are cut into parts, without their place; {@link Parts#NONE} for kernels that finish them
 * @param grid blocks along x
 */
record LinearPlan(Form form, Parts parts, int grid) {
    /** Rows up to which linear_small is the fastest, where there is a choice. */
    static final int SMALL_ROWS = 16;
    /** Rows up to which Hopper cuts all work evenly and leaves parts. */
    static final int CUT_ROWS = 256;
    /** Rows up to which other GPUs read weights once per 32 rows rather than use the kernel for many rows. */
    static final int GROUPED_ROWS = 64;

    private static final int ROW_BLOCK = 16;
    private static final int CHUNK_INPUTS = 128;
    private static final int TILE_OUTPUTS = 128;
    private static final int STEP_INPUTS = 64;

    /** The busiest block's work over the mean up to which blocks do not share row blocks of a gated layer. */
    private static final double MOST_IMBALANCE = 1.12;

    enum Form {
        /** linear_small: any row block may be in parts. */
        SMALL,
        /** linear_hopper with work cut evenly. */
        HOPPER_PARTS,
        /** linear_hopper, tile by tile. */
        HOPPER_TILES,
        /** linear_large. */
        LARGE
    }

    /**
     * What of a GPU a plan depends on.
     *
     * @param hopper whether it has wgmma and tensor maps
     */
    record Gpu(int multiprocessors, boolean hopper) {
        /** Whether a step of so many rows leaves parts and has separate element-wise kernels. */
        boolean inParts(int rows) {
            return rows <= (hopper ? CUT_ROWS : GROUPED_ROWS);
        }
    }

    /** Whether the input of a layer must be in fragment order. */
    static boolean readsFragments(Gpu gpu, int rows, int inputs) {
        return form(gpu, rows, inputs, gpu.inParts(rows)) == Form.SMALL;
    }

    private static Form form(Gpu gpu, int rows, int inputs, boolean inParts) {
        boolean hopper = gpu.hopper() && inputs % STEP_INPUTS == 0;
        if (inParts) {
            return hopper && rows > SMALL_ROWS ? Form.HOPPER_PARTS : Form.SMALL;
        }
        return hopper ? Form.HOPPER_TILES : Form.LARGE;
    }

    /** The plan for a layer inside a step of {@code rows} rows. */
    static LinearPlan of(Gpu gpu, int rows, int outputs, int inputs) {
        Form form = form(gpu, rows, inputs, gpu.inParts(rows));
        return switch (form) {
            case SMALL -> small(gpu, outputs, inputs, false);
            case HOPPER_PARTS -> hopperParts(gpu, outputs, inputs);
            case HOPPER_TILES -> tiles(gpu, form, rows, outputs);
            case LARGE -> tiles(gpu, form, rows, outputs);
        };
    }

    /** The plan for a layer whose outputs must be whole, for any number of rows. */
    static LinearPlan whole(Gpu gpu, int rows, int outputs, int inputs) {
        Form form = form(gpu, rows, inputs, rows <= SMALL_ROWS);
        return form == Form.SMALL ? small(gpu, outputs, inputs, true) : tiles(gpu, form, rows, outputs);
    }

    /**
     * The plan for a gated layer whose blocks finish the product themselves; empty where sharing row blocks is worth a
     * kernel of its own for the gate.
     */
    static Optional<LinearPlan> gated(Gpu gpu, int rows, int outputs, int inputs) {
        if (!gpu.inParts(rows) || form(gpu, rows, inputs, true) != Form.SMALL) {
            return Optional.empty();
        }
        LinearPlan plan = small(gpu, outputs, inputs, true);
        int rowBlocks = Math.ceilDiv(outputs, ROW_BLOCK);
        int busiest = Math.ceilDiv(rowBlocks, plan.grid());
        return busiest * plan.grid() <= MOST_IMBALANCE * rowBlocks ? Optional.of(plan) : Optional.empty();
    }

    private static LinearPlan small(Gpu gpu, int outputs, int inputs, boolean whole) {
        int rowBlocks = Math.ceilDiv(outputs, ROW_BLOCK);
        int chunks = chunks(inputs);
        int grid = Math.min(gpu.multiprocessors(), rowBlocks);
        int units = whole ? 1 : chunks;
        int tileRows = whole ? ROW_BLOCK : Parts.IN_TWO;
        return new LinearPlan(Form.SMALL, new Parts(0, 0, tileRows, units, rowBlocks * units, grid), grid);
    }

    private static LinearPlan hopperParts(Gpu gpu, int outputs, int inputs) {
        int tiles = Math.ceilDiv(outputs, TILE_OUTPUTS);
        int steps = inputs / STEP_INPUTS;
        int grid = Math.min(gpu.multiprocessors(), tiles * steps);
        return new LinearPlan(Form.HOPPER_PARTS, new Parts(0, 0, TILE_OUTPUTS, steps, tiles * steps, grid), grid);
    }

    private static LinearPlan tiles(Gpu gpu, Form form, int rows, int outputs) {
        int outputTiles = Math.ceilDiv(outputs, TILE_OUTPUTS);
        if (form == Form.LARGE) {
            return new LinearPlan(form, Parts.NONE, outputTiles * Math.ceilDiv(rows, TILE_OUTPUTS));
        }
        int tiles = outputTiles * Math.ceilDiv(rows, boxRows(rows));
        return new LinearPlan(form, Parts.NONE, Math.min(gpu.multiprocessors(), tiles));
    }

    /** Chunks that linear_small never cuts between blocks. */
    int unitChunks(int inputs) {
        return parts.tileRows() == Parts.IN_TWO ? 1 : chunks(inputs);
    }

    /** Chunks of a row block of linear_small. */
    static int chunks(int inputs) {
        return Math.ceilDiv(inputs, CHUNK_INPUTS);
    }

    /** Rows of a tile of linear_hopper. */
    static int boxRows(int rows) {
        return rows <= 64 ? 64 : rows <= 128 ? 128 : 256;
    }

    /** Groups of 8 rows that linear_small takes at once. */
    static int smallTiles(int rows) {
        return rows <= 8 ? 1 : rows <= 16 ? 2 : 4;
    }

    /** Floats that the parts of a step of {@code rows} rows take. */
    long floats(int rows, int outputs) {
        return parts.grid() == 0 ? 0 : (long) parts.maxCount() * rows * outputs;
    }
}
