package dev.vidda.worker.device.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/** Tensor maps of what Hopper kernels copy boxes from, made when first asked for. */
final class TensorMaps implements AutoCloseable {
    private static final int BYTES = 128;
    private static final int ALIGNMENT = 64;
    private static final int BOX_COLUMNS = Driver.SWIZZLED_ELEMENTS;
    /** Rows that the swizzle mixes. */
    private static final int GROUP_ROWS = 8;

    private final Driver driver;
    private final Arena arena = Arena.ofConfined();
    private final Map<Mapped, MemorySegment> maps = new HashMap<>();

    /** Elements of a tile of 16 outputs by 16 inputs of a packed matrix. */
    private static final int TILE_ELEMENTS = 256;
    /** Tiles along the inputs of a box of a packed matrix. */
    private static final int BOX_TILES = 4;

    private sealed interface Mapped {}

    /** A row-major matrix on the GPU, copied {@code boxRows} rows at a time. */
    record Matrix(long address, Element element, long columns, long rows, int boxRows) implements Mapped {}

    /** A matrix of rows of 128 elements, copied {@code boxRows} whole rows at a time: [groups][halves][8 rows][64]. */
    record Pages(long address, Element element, long rows, int boxRows) implements Mapped {}

    /**
     * A packed matrix of {@code rowBlocks} times {@code tiles} tiles, copied {@code boxRowBlocks} row blocks of 64 inputs at a
     * time.
     */
    record Packed(long address, Element element, long tiles, long rowBlocks, int boxRowBlocks) implements Mapped {}

    TensorMaps(Driver driver) {
        this.driver = driver;
    }

    MemorySegment of(Matrix matrix) {
        return maps.computeIfAbsent(matrix, m -> {
            MemorySegment map = arena.allocate(BYTES, ALIGNMENT);
            long[] extents = {matrix.columns(), matrix.rows()};
            long[] strides = {matrix.columns() * Short.BYTES};
            int[] box = {BOX_COLUMNS, matrix.boxRows()};
            driver.encodeMap(map, matrix.element().mapType(), matrix.address(), extents, strides, box);
            return map;
        });
    }

    MemorySegment of(Packed packed) {
        return maps.computeIfAbsent(packed, m -> {
            MemorySegment map = arena.allocate(BYTES, ALIGNMENT);
            long tile = TILE_ELEMENTS * Short.BYTES;
            long[] extents = {TILE_ELEMENTS, packed.tiles(), packed.rowBlocks()};
            long[] strides = {tile, packed.tiles() * tile};
            int[] box = {TILE_ELEMENTS, BOX_TILES, packed.boxRowBlocks()};
            driver.encodeMap(map, packed.element().mapType(), packed.address(), extents, strides, box);
            return map;
        });
    }

    MemorySegment of(Pages pages) {
        return maps.computeIfAbsent(pages, m -> {
            MemorySegment map = arena.allocate(BYTES, ALIGNMENT);
            long half = BOX_COLUMNS * Short.BYTES;
            long[] extents = {BOX_COLUMNS, GROUP_ROWS, 2, pages.rows() / GROUP_ROWS};
            long[] strides = {2 * half, half, 2 * half * GROUP_ROWS};
            int[] box = {BOX_COLUMNS, GROUP_ROWS, 2, pages.boxRows() / GROUP_ROWS};
            driver.encodeMap(map, pages.element().mapType(), pages.address(), extents, strides, box);
            return map;
        });
    }

    @Override
    public void close() {
        arena.close();
    }
}
