package dev.vidda.worker.device.cuda;

import java.util.Optional;

/**
 * Which kernel computes a linear layer for a number of rows, and how its work is cut.
 *
 * @param form the kernel
 * @param parts how outputs are cut into parts, without their place; {@link Parts#NONE} for kernels that finish them
 * @param grid blocks along x
 * @param tileRows rows of a tile; 0 for linear_small, which has no tiles
 */
record LinearPlan(Form form, Parts parts, int grid, int tileRows) {
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
    /** The same for whole tiles of more rows, where a kernel for the gate takes longer. */
    private static final double MOST_TILE_IMBALANCE = 1.4;

    private static final int PAIR_OUTPUTS = 2 * ROW_BLOCK;
    /** Rows up to which linear_hopper finishes gated layers by pairs of row blocks. */
    private static final int GATE_ROWS = 128;
    /** Rows of a tile that linear_hopper has kernels for. */
    private static final int[] TILE_ROWS = {32, 64, 96, 128, 160, 192, 256};
    /** What a step of a tile costs beside its rows, in rows. */
    private static final int TILE_OVERHEAD = 40;

    enum Form {
        /** linear_small: any row block may be in parts. */
        SMALL,
        /** linear_hopper with work cut evenly. */
        HOPPER_PARTS,
        /** linear_hopper, tile by tile. */
        HOPPER_TILES,
        /** gate_hopper: a gated layer by pairs of row blocks. */
        HOPPER_GATE,
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
            case HOPPER_PARTS -> hopperParts(gpu, rows, outputs, inputs);
            case HOPPER_TILES, LARGE -> tiles(gpu, form, rows, outputs);
            case HOPPER_GATE -> throw new IllegalStateException("a layer that may not be gated");
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
        if (!gpu.inParts(rows)) {
            return Optional.empty();
        }
        if (form(gpu, rows, inputs, true) == Form.HOPPER_PARTS) {
            return hopperGated(gpu, rows, outputs);
        }
        LinearPlan plan = small(gpu, outputs, inputs, true);
        return balanced(Math.ceilDiv(outputs, ROW_BLOCK), plan.grid(), MOST_IMBALANCE)
                ? Optional.of(plan)
                : Optional.empty();
    }

    private static boolean balanced(int pieces, int blocks, double most) {
        return Math.ceilDiv(pieces, blocks) * blocks <= most * pieces;
    }

    private static Optional<LinearPlan> hopperGated(Gpu gpu, int rows, int outputs) {
        int grid = gpu.multiprocessors();
        if (rows > GATE_ROWS) {
            LinearPlan plan = tiles(gpu, Form.HOPPER_TILES, rows, outputs);
            int tiles = Math.ceilDiv(outputs, TILE_OUTPUTS) * Math.ceilDiv(rows, plan.tileRows());
            return balanced(tiles, grid, MOST_TILE_IMBALANCE) ? Optional.of(plan) : Optional.empty();
        }
        int pairs = Math.ceilDiv(outputs, PAIR_OUTPUTS);
        Parts cut = new Parts(0, 0, PAIR_OUTPUTS, 1, pairs, grid);
        return balanced(pairs, grid, MOST_IMBALANCE)
                ? Optional.of(new LinearPlan(Form.HOPPER_GATE, cut, grid, boxRows(rows)))
                : Optional.empty();
    }

    private static LinearPlan small(Gpu gpu, int outputs, int inputs, boolean whole) {
        int rowBlocks = Math.ceilDiv(outputs, ROW_BLOCK);
        int chunks = chunks(inputs);
        int grid = Math.min(gpu.multiprocessors(), rowBlocks);
        int units = whole ? 1 : chunks;
        int tileRows = whole ? ROW_BLOCK : Parts.IN_TWO;
        return new LinearPlan(Form.SMALL, new Parts(0, 0, tileRows, units, rowBlocks * units, grid), grid, 0);
    }

    private static LinearPlan hopperParts(Gpu gpu, int rows, int outputs, int inputs) {
        int tiles = Math.ceilDiv(outputs, TILE_OUTPUTS);
        int steps = inputs / STEP_INPUTS;
        int grid = Math.min(gpu.multiprocessors(), tiles * steps);
        Parts parts = new Parts(0, 0, TILE_OUTPUTS, steps, tiles * steps, grid);
        return new LinearPlan(Form.HOPPER_PARTS, parts, grid, boxRows(rows));
    }

    private static LinearPlan tiles(Gpu gpu, Form form, int rows, int outputs) {
        int outputTiles = Math.ceilDiv(outputs, TILE_OUTPUTS);
        if (form == Form.LARGE) {
            int tiles = outputTiles * Math.ceilDiv(rows, TILE_OUTPUTS);
            return new LinearPlan(form, Parts.NONE, tiles, TILE_OUTPUTS);
        }
        int best = 0;
        long least = Long.MAX_VALUE;
        for (int tileRows : TILE_ROWS) {
            int tiles = outputTiles * Math.ceilDiv(rows, tileRows);
            long cost = (long) Math.ceilDiv(tiles, gpu.multiprocessors()) * (tileRows + TILE_OVERHEAD);
            if (cost <= least) {
                least = cost;
                best = tileRows;
            }
        }
        int tiles = outputTiles * Math.ceilDiv(rows, best);
        return new LinearPlan(form, Parts.NONE, Math.min(gpu.multiprocessors(), tiles), best);
    }

    /** Chunks that linear_small never cuts between blocks. */
    int unitChunks(int inputs) {
        return parts.tileRows() == Parts.IN_TWO ? 1 : chunks(inputs);
    }

    /** Chunks of a row block of linear_small. */
    static int chunks(int inputs) {
        return Math.ceilDiv(inputs, CHUNK_INPUTS);
    }

    /** Rows of the only tile of rows where a layer's inputs are cut. */
    private static int boxRows(int rows) {
        return rows <= 32 ? 32 : rows <= 64 ? 64 : rows <= 128 ? 128 : 256;
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
