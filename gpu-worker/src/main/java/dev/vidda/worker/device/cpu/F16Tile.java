package dev.vidda.worker.device.cpu;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import static dev.vidda.worker.device.cpu.Panels.LANES;
import static dev.vidda.worker.device.cpu.Panels.WIDTH;

/**
 * Kernels over fp16 weights, two inputs to an int. The bits of a finite fp16 number, moved to their places in a float32
 * number, are the number times 2^-112, subnormal ones included.
 */
final class F16Tile implements TileKernel {
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    private static final long VECTOR_BYTES = 4L * LANES;
    private static final int SIGN_EXPONENT_MANTISSA = 0x8fffe000;

    /** The numbers in the low halves for a shift of 16, in the high halves for 0. */
    private static FloatVector half(MemorySegment panel, long offset, int shift) {
        return IntVector.fromMemorySegment(INTS, panel, offset, ByteOrder.LITTLE_ENDIAN)
                .lanewise(VectorOperators.LSHL, shift)
                .lanewise(VectorOperators.ASHR, 3)
                .and(SIGN_EXPONENT_MANTISSA)
                .reinterpretAsFloats()
                .mul(0x1p112f);
    }

    @Override
    public void one(MemorySegment panel, long offset, int count, float[] x, int xOffset, float[] sums, int sumOffset) {
        FloatVector a0 = FloatVector.fromArray(FLOATS, sums, sumOffset);
        FloatVector a1 = FloatVector.fromArray(FLOATS, sums, sumOffset + LANES);
        FloatVector a2 = FloatVector.fromArray(FLOATS, sums, sumOffset + 2 * LANES);
        FloatVector a3 = FloatVector.fromArray(FLOATS, sums, sumOffset + 3 * LANES);
        int xEnd = xOffset + count;
        long at = offset;
        int shift = 16;
        for (int i = xOffset; i < xEnd; i++) {
            FloatVector value = FloatVector.broadcast(FLOATS, x[i]);
            a0 = half(panel, at, shift).fma(value, a0);
            a1 = half(panel, at + VECTOR_BYTES, shift).fma(value, a1);
            a2 = half(panel, at + 2 * VECTOR_BYTES, shift).fma(value, a2);
            a3 = half(panel, at + 3 * VECTOR_BYTES, shift).fma(value, a3);
            at += shift == 16 ? 0 : 4 * VECTOR_BYTES;
            shift = 16 - shift;
        }
        a0.intoArray(sums, sumOffset);
        a1.intoArray(sums, sumOffset + LANES);
        a2.intoArray(sums, sumOffset + 2 * LANES);
        a3.intoArray(sums, sumOffset + 3 * LANES);
    }

    @Override
    public void four(
            MemorySegment panel,
            long offset,
            int count,
            float[] x,
            int xOffset,
            int xStride,
            float[] sums,
            int sumOffset) {
        FloatVector a0 = FloatVector.fromArray(FLOATS, sums, sumOffset);
        FloatVector a1 = FloatVector.fromArray(FLOATS, sums, sumOffset + LANES);
        FloatVector a2 = FloatVector.fromArray(FLOATS, sums, sumOffset + 2 * LANES);
        FloatVector a3 = FloatVector.fromArray(FLOATS, sums, sumOffset + 3 * LANES);
        FloatVector b0 = FloatVector.fromArray(FLOATS, sums, sumOffset + WIDTH);
        FloatVector b1 = FloatVector.fromArray(FLOATS, sums, sumOffset + WIDTH + LANES);
        FloatVector b2 = FloatVector.fromArray(FLOATS, sums, sumOffset + WIDTH + 2 * LANES);
        FloatVector b3 = FloatVector.fromArray(FLOATS, sums, sumOffset + WIDTH + 3 * LANES);
        FloatVector c0 = FloatVector.fromArray(FLOATS, sums, sumOffset + 2 * WIDTH);
        FloatVector c1 = FloatVector.fromArray(FLOATS, sums, sumOffset + 2 * WIDTH + LANES);
        FloatVector c2 = FloatVector.fromArray(FLOATS, sums, sumOffset + 2 * WIDTH + 2 * LANES);
        FloatVector c3 = FloatVector.fromArray(FLOATS, sums, sumOffset + 2 * WIDTH + 3 * LANES);
        FloatVector d0 = FloatVector.fromArray(FLOATS, sums, sumOffset + 3 * WIDTH);
        FloatVector d1 = FloatVector.fromArray(FLOATS, sums, sumOffset + 3 * WIDTH + LANES);
        FloatVector d2 = FloatVector.fromArray(FLOATS, sums, sumOffset + 3 * WIDTH + 2 * LANES);
        FloatVector d3 = FloatVector.fromArray(FLOATS, sums, sumOffset + 3 * WIDTH + 3 * LANES);
        int xEnd = xOffset + count;
        long at = offset;
        int shift = 16;
        for (int i = xOffset; i < xEnd; i++) {
            FloatVector f0 = half(panel, at, shift);
            FloatVector f1 = half(panel, at + VECTOR_BYTES, shift);
            FloatVector f2 = half(panel, at + 2 * VECTOR_BYTES, shift);
            FloatVector f3 = half(panel, at + 3 * VECTOR_BYTES, shift);
            FloatVector value = FloatVector.broadcast(FLOATS, x[i]);
            a0 = f0.fma(value, a0);
            a1 = f1.fma(value, a1);
            a2 = f2.fma(value, a2);
            a3 = f3.fma(value, a3);
            value = FloatVector.broadcast(FLOATS, x[i + xStride]);
            b0 = f0.fma(value, b0);
            b1 = f1.fma(value, b1);
            b2 = f2.fma(value, b2);
            b3 = f3.fma(value, b3);
            value = FloatVector.broadcast(FLOATS, x[i + 2 * xStride]);
            c0 = f0.fma(value, c0);
            c1 = f1.fma(value, c1);
            c2 = f2.fma(value, c2);
            c3 = f3.fma(value, c3);
            value = FloatVector.broadcast(FLOATS, x[i + 3 * xStride]);
            d0 = f0.fma(value, d0);
            d1 = f1.fma(value, d1);
            d2 = f2.fma(value, d2);
            d3 = f3.fma(value, d3);
            at += shift == 16 ? 0 : 4 * VECTOR_BYTES;
            shift = 16 - shift;
        }
        a0.intoArray(sums, sumOffset);
        a1.intoArray(sums, sumOffset + LANES);
        a2.intoArray(sums, sumOffset + 2 * LANES);
        a3.intoArray(sums, sumOffset + 3 * LANES);
        b0.intoArray(sums, sumOffset + WIDTH);
        b1.intoArray(sums, sumOffset + WIDTH + LANES);
        b2.intoArray(sums, sumOffset + WIDTH + 2 * LANES);
        b3.intoArray(sums, sumOffset + WIDTH + 3 * LANES);
        c0.intoArray(sums, sumOffset + 2 * WIDTH);
        c1.intoArray(sums, sumOffset + 2 * WIDTH + LANES);
        c2.intoArray(sums, sumOffset + 2 * WIDTH + 2 * LANES);
        c3.intoArray(sums, sumOffset + 2 * WIDTH + 3 * LANES);
        d0.intoArray(sums, sumOffset + 3 * WIDTH);
        d1.intoArray(sums, sumOffset + 3 * WIDTH + LANES);
        d2.intoArray(sums, sumOffset + 3 * WIDTH + 2 * LANES);
        d3.intoArray(sums, sumOffset + 3 * WIDTH + 3 * LANES);
    }

    @Override
    public void eight(
            MemorySegment panel,
            long offset,
            int count,
            float[] x,
            int xOffset,
            int xStride,
            float[] sums,
            int sumOffset) {
        FloatVector a0 = FloatVector.fromArray(FLOATS, sums, sumOffset);
        FloatVector a1 = FloatVector.fromArray(FLOATS, sums, sumOffset + LANES);
        FloatVector b0 = FloatVector.fromArray(FLOATS, sums, sumOffset + WIDTH);
        FloatVector b1 = FloatVector.fromArray(FLOATS, sums, sumOffset + WIDTH + LANES);
        FloatVector c0 = FloatVector.fromArray(FLOATS, sums, sumOffset + 2 * WIDTH);
        FloatVector c1 = FloatVector.fromArray(FLOATS, sums, sumOffset + 2 * WIDTH + LANES);
        FloatVector d0 = FloatVector.fromArray(FLOATS, sums, sumOffset + 3 * WIDTH);
        FloatVector d1 = FloatVector.fromArray(FLOATS, sums, sumOffset + 3 * WIDTH + LANES);
        FloatVector e0 = FloatVector.fromArray(FLOATS, sums, sumOffset + 4 * WIDTH);
        FloatVector e1 = FloatVector.fromArray(FLOATS, sums, sumOffset + 4 * WIDTH + LANES);
        FloatVector f0 = FloatVector.fromArray(FLOATS, sums, sumOffset + 5 * WIDTH);
        FloatVector f1 = FloatVector.fromArray(FLOATS, sums, sumOffset + 5 * WIDTH + LANES);
        FloatVector g0 = FloatVector.fromArray(FLOATS, sums, sumOffset + 6 * WIDTH);
        FloatVector g1 = FloatVector.fromArray(FLOATS, sums, sumOffset + 6 * WIDTH + LANES);
        FloatVector h0 = FloatVector.fromArray(FLOATS, sums, sumOffset + 7 * WIDTH);
        FloatVector h1 = FloatVector.fromArray(FLOATS, sums, sumOffset + 7 * WIDTH + LANES);
        int xEnd = xOffset + count;
        long at = offset;
        int shift = 16;
        for (int i = xOffset; i < xEnd; i++) {
            FloatVector w0 = half(panel, at, shift);
            FloatVector w1 = half(panel, at + VECTOR_BYTES, shift);
            FloatVector value = FloatVector.broadcast(FLOATS, x[i]);
            a0 = w0.fma(value, a0);
            a1 = w1.fma(value, a1);
            value = FloatVector.broadcast(FLOATS, x[i + xStride]);
            b0 = w0.fma(value, b0);
            b1 = w1.fma(value, b1);
            value = FloatVector.broadcast(FLOATS, x[i + 2 * xStride]);
            c0 = w0.fma(value, c0);
            c1 = w1.fma(value, c1);
            value = FloatVector.broadcast(FLOATS, x[i + 3 * xStride]);
            d0 = w0.fma(value, d0);
            d1 = w1.fma(value, d1);
            value = FloatVector.broadcast(FLOATS, x[i + 4 * xStride]);
            e0 = w0.fma(value, e0);
            e1 = w1.fma(value, e1);
            value = FloatVector.broadcast(FLOATS, x[i + 5 * xStride]);
            f0 = w0.fma(value, f0);
            f1 = w1.fma(value, f1);
            value = FloatVector.broadcast(FLOATS, x[i + 6 * xStride]);
            g0 = w0.fma(value, g0);
            g1 = w1.fma(value, g1);
            value = FloatVector.broadcast(FLOATS, x[i + 7 * xStride]);
            h0 = w0.fma(value, h0);
            h1 = w1.fma(value, h1);
            at += shift == 16 ? 0 : 4 * VECTOR_BYTES;
            shift = 16 - shift;
        }
        a0.intoArray(sums, sumOffset);
        a1.intoArray(sums, sumOffset + LANES);
        b0.intoArray(sums, sumOffset + WIDTH);
        b1.intoArray(sums, sumOffset + WIDTH + LANES);
        c0.intoArray(sums, sumOffset + 2 * WIDTH);
        c1.intoArray(sums, sumOffset + 2 * WIDTH + LANES);
        d0.intoArray(sums, sumOffset + 3 * WIDTH);
        d1.intoArray(sums, sumOffset + 3 * WIDTH + LANES);
        e0.intoArray(sums, sumOffset + 4 * WIDTH);
        e1.intoArray(sums, sumOffset + 4 * WIDTH + LANES);
        f0.intoArray(sums, sumOffset + 5 * WIDTH);
        f1.intoArray(sums, sumOffset + 5 * WIDTH + LANES);
        g0.intoArray(sums, sumOffset + 6 * WIDTH);
        g1.intoArray(sums, sumOffset + 6 * WIDTH + LANES);
        h0.intoArray(sums, sumOffset + 7 * WIDTH);
        h1.intoArray(sums, sumOffset + 7 * WIDTH + LANES);
    }
}
