package dev.vidda.worker.device.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/** Tensor maps of matrices that Hopper kernels copy boxes from, made when first asked for. */
final class TensorMaps implements AutoCloseable {
    private static final int BYTES = 128;
    private static final int ALIGNMENT = 64;
    /** Elements of a row of 128 bytes, which the kernels' swizzle needs. */
    private static final int BOX_COLUMNS = 64;

    private final Driver driver;
    private final Arena arena = Arena.ofConfined();
    private final Map<Matrix, MemorySegment> maps = new HashMap<>();

    /** A row-major matrix on the GPU, copied {@code boxRows} rows at a time. */
    record Matrix(long address, Element element, long columns, long rows, int boxRows) {}

    TensorMaps(Driver driver) {
        this.driver = driver;
    }

    MemorySegment of(Matrix matrix) {
        return maps.computeIfAbsent(matrix, m -> {
            MemorySegment map = arena.allocate(BYTES, ALIGNMENT);
            driver.encodeMap(map, m.element().mapType(), m.address(), m.columns(), m.rows(), BOX_COLUMNS, m.boxRows());
            return map;
        });
    }

    @Override
    public void close() {
        arena.close();
    }
}
