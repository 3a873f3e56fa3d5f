package dev.vidda.worker.doctor;

import dev.vidda.worker.device.cpu.NativeMemory;
import dev.vidda.worker.weights.DType;
import dev.vidda.worker.weights.HostTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;

/** Random weights of a layer, drawn once, with biases where a layer may have them. */
final class LayerTensors {
    private final LayerShape shape;
    private final Random random;
    private final Arena arena;

    final HostTensor embedding;
    final List<HostTensor> queryKeyValue;
    final List<HostTensor> queryKeyValueBiases;
    final HostTensor output;
    final HostTensor gate;
    final HostTensor up;
    final List<HostTensor> gatedBiases;
    final HostTensor down;
    final HostTensor norm;
    final HostTensor headNorm;

    /** @param arena holds them */
    LayerTensors(LayerShape shape, Random random, Arena arena) {
        this.shape = shape;
        this.random = random;
        this.arena = arena;
        int queries = shape.attention().queryWidth();
        int keys = shape.attention().kvWidth();
        embedding = matrix(shape.vocabulary(), shape.hidden());
        queryKeyValue =
                List.of(matrix(queries, shape.hidden()), matrix(keys, shape.hidden()), matrix(keys, shape.hidden()));
        queryKeyValueBiases = List.of(vector(queries, 0), vector(keys, 0), vector(keys, 0));
        output = matrix(shape.hidden(), queries);
        gate = matrix(shape.intermediate(), shape.hidden());
        up = matrix(shape.intermediate(), shape.hidden());
        gatedBiases = List.of(vector(shape.intermediate(), 0), vector(shape.intermediate(), 0));
        down = matrix(shape.hidden(), shape.intermediate());
        norm = vector(shape.hidden(), 1);
        headNorm = vector(shape.headDim(), 1);
    }

    private HostTensor matrix(int rows, int columns) {
        return tensor(List.of(rows, columns), (long) rows * columns, 0, 1 / Math.sqrt(columns));
    }

    private HostTensor vector(int elements, double mean) {
        return tensor(List.of(elements), elements, mean, 0.2);
    }

    private HostTensor tensor(List<Integer> extents, long elements, double mean, double deviation) {
        MemorySegment data = NativeMemory.allocate(elements * Short.BYTES, arena);
        for (long i = 0; i < elements; i++) {
            float value = (float) (mean + deviation * random.nextGaussian());
            short bits = shape.type() == DType.F16
                    ? Float.floatToFloat16(value)
                    : (short) (Float.floatToRawIntBits(value) >>> 16);
            data.setAtIndex(ValueLayout.JAVA_SHORT, i, bits);
        }
        return new HostTensor("made up", shape.type(), extents, data.asSlice(0, elements * Short.BYTES));
    }
}
