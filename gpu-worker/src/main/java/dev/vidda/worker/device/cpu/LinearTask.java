package dev.vidda.worker.device.cpu;

import dev.vidda.worker.weights.DType;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** Linear maps of rows: one task a map, in chunks of panels. */
@SuppressWarnings("NullAway.Init") // what a task works on is set before it runs
final class LinearTask implements Team.Task {
    /** What becomes of {@code y = W x + b}. */
    enum Mode {
        /** {@code out = y}. */
        STORE,
        /** {@code out += y}. */
        ADD,
        /** {@code out = silu(y of gate) * y of up}. */
        GATE
    }

    /** Up to so many rows, each pass over a panel reads it whole: short stretches would break the stream from memory. */
    private static final int FEW_ROWS = 8;

    /** Inputs between two visits of the same sums when there are many rows: a panel's part stays in L2. */
    private static final int INPUT_BLOCK = 1024;

    /** Bytes of weights times rows that make a chunk worth handing out. */
    private static final long CHUNK_WORK = 64 << 10;

    private static final TileKernel BF16 = new Bf16Tile();
    private static final TileKernel F16 = new F16Tile();
    private static final TileKernel F32 = new F32Tile();

    private final Team team;
    private final float[][] sums;

    private float[] x = {};
    private int xStride;
    private int rows;
    private PackedMatrix weight;
    private TileKernel kernel = BF16;
    private CpuActivation out;
    private Mode mode = Mode.STORE;
    private int panelsPerChunk;

    LinearTask(Team team, int maxRows) {
        this.team = team;
        sums = new float[team.threads()][(maxRows + Panels.ROWS) * Panels.WIDTH];
    }

    /** Maps the first {@code count} rows of {@code input}, {@code inputStride} apart. */
    void run(float[] input, int inputStride, int count, PackedMatrix matrix, CpuActivation target, Mode newMode) {
        x = input;
        xStride = inputStride;
        rows = count;
        weight = matrix;
        kernel = kernel(matrix.dtype());
        out = target;
        mode = newMode;
        panelsPerChunk = (int) Math.clamp(CHUNK_WORK / (matrix.panelBytes() * count), 1, 1 << 20);
        team.run(Math.ceilDiv(matrix.panels(), panelsPerChunk), this);
    }

    private static TileKernel kernel(DType dtype) {
        return switch (dtype) {
            case BF16 -> BF16;
            case F16 -> F16;
            case F32 -> F32;
        };
    }

    @Override
    public void run(int chunk, int thread) {
        int end = Math.min(weight.panels(), (chunk + 1) * panelsPerChunk);
        for (int panel = chunk * panelsPerChunk; panel < end; panel++) {
            multiply(panel, sums[thread]);
            finish(panel, sums[thread]);
        }
    }

    private void multiply(int panel, float[] sum) {
        Arrays.fill(sum, 0, (rows + Panels.ROWS - 1) / Panels.ROWS * Panels.ROWS * Panels.WIDTH, 0f);
        int inputs = weight.paddedInputs();
        int block = rows <= FEW_ROWS ? inputs : INPUT_BLOCK;
        for (int from = 0; from < inputs; from += block) {
            int count = Math.min(block, inputs - from);
            long offset = weight.offset(panel, from);
            for (int row = 0; row < rows; row += Panels.ROWS) {
                tile(Math.min(Panels.ROWS, rows - row), row, offset, from, count, sum);
            }
        }
    }

    /** Multiplies a tile of {@code tileRows} rows, or a few more: they are there, and what they give is not used. */
    private void tile(int tileRows, int row, long offset, int from, int count, float[] sum) {
        MemorySegment panel = weight.data();
        int at = row * xStride + from;
        int to = row * Panels.WIDTH;
        if (tileRows == 1) {
            kernel.one(panel, offset, count, x, at, sum, to);
        } else if (tileRows <= 4) {
            kernel.four(panel, offset, count, x, at, xStride, sum, to);
        } else if (rows <= FEW_ROWS) {
            kernel.four(panel, offset, count, x, at, xStride, sum, to);
            kernel.four(panel, offset, count, x, at + 4 * xStride, xStride, sum, to + 4 * Panels.WIDTH);
        } else {
            int half = Panels.WIDTH / 2;
            kernel.eight(panel, offset, count, x, at, xStride, sum, to);
            kernel.eight(panel, offset + (long) half * Integer.BYTES, count, x, at, xStride, sum, to + half);
        }
    }

    private void finish(int panel, float[] sum) {
        float[] bias = weight.bias();
        if (bias != null) {
            addBias(bias, panel * Panels.WIDTH, sum);
        }
        int width = mode == Mode.GATE ? Panels.WIDTH / 2 : Panels.WIDTH;
        int first = panel * width;
        int count = Math.min(width, weight.outputs() - first);
        float[] target = out.data();
        for (int row = 0; row < rows; row++) {
            int from = row * Panels.WIDTH;
            int to = row * out.stride() + first;
            switch (mode) {
                case STORE -> System.arraycopy(sum, from, target, to, count);
                case ADD -> add(sum, from, target, to, count);
                case GATE -> {
                    gate(sum, from);
                    System.arraycopy(sum, from, target, to, count);
                }
            }
        }
    }

    private void addBias(float[] bias, int first, float[] sum) {
        for (int row = 0; row < rows; row++) {
            add(bias, first, sum, row * Panels.WIDTH, Panels.WIDTH);
        }
    }

    private static void add(float[] source, int from, float[] target, int to, int count) {
        for (int i = 0; i < count; i++) {
            target[to + i] += source[from + i];
        }
    }

    /** Turns a row's halves, gate and up, into their product in the first half. */
    private static void gate(float[] sum, int from) {
        for (int i = from; i < from + Panels.WIDTH / 2; i += Panels.LANES) {
            FloatVector gate = FloatVector.fromArray(FloatVector.SPECIES_PREFERRED, sum, i);
            FloatVector up = FloatVector.fromArray(FloatVector.SPECIES_PREFERRED, sum, i + Panels.WIDTH / 2);
            VectorMath.silu(gate).mul(up).intoArray(sum, i);
        }
    }
}
