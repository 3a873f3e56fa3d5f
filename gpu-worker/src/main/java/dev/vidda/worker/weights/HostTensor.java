package dev.vidda.worker.weights;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A tensor of a checkpoint in the host's memory: little endian, row-major, read-only.
 *
 * @param name its name in the checkpoint, for errors
 * @param shape [rows, columns] of a matrix or [elements] of a vector
 * @param data the elements; lives as long as the checkpoint is open
 */
public record HostTensor(String name, DType dtype, List<Integer> shape, MemorySegment data) {
    public HostTensor {
        shape = List.copyOf(shape);
        if (shape.isEmpty() || shape.size() > 2) {
            throw new IllegalArgumentException("tensor " + name + " must have 1 or 2 dimensions, has shape " + shape);
        }
        long elements = 1;
        for (int extent : shape) {
            elements *= extent;
        }
        if (data.byteSize() != elements * dtype.bytes()) {
            throw new IllegalArgumentException("tensor " + name + " of shape " + shape + " and type " + dtype
                    + " needs " + elements * dtype.bytes() + " bytes, has " + data.byteSize());
        }
    }

    /** Rows of a matrix; the elements of a vector. */
    public int rows() {
        return shape.getFirst();
    }

    /** Columns of a matrix; 1 for a vector. */
    public int columns() {
        return shape.size() == 1 ? 1 : shape.get(1);
    }
}
