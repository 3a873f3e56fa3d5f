package dev.vidda.worker.device.cpu;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import static dev.vidda.worker.device.cpu.Panels.LANES;
import static dev.vidda.worker.device.cpu.Panels.WIDTH;

/** Kernels over float32 weights. */
final class F32Tile implements TileKernel {
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final long VECTOR_BYTES = 4L * LANES;

    private static FloatVector load(MemorySegment panel, long offset) {
        return FloatVector.fromMemorySegment(FLOATS, panel, offset, ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void one(MemorySegment panel, long offset, int count, float[] x, int xOffset, float[] sums, int sumOffset) {
        FloatVector a0 = FloatVector.fromArray(FLOATS, sums, sumOffset);
        FloatVector a1 = FloatVector.fromArray(FLOATS, sums, sumOffset + LANES);
        FloatVector a2 = FloatVector.fromArray(FLOATS, sums, sumOffset + 2 * LANES);
        FloatVector a3 = FloatVector.fromArray(FLOATS, sums, sumOffset + 3 * LANES);
        long at = offset;
        for (int i = 0; i < count; i++) {
            FloatVector value = FloatVector.broadcast(FLOATS, x[xOffset + i]);
            a0 = load(panel, at).fma(value, a0);
            a1 = load(panel, at + VECTOR_BYTES).fma(value, a1);
            a2 = load(panel, at + 2 * VECTOR_BYTES).fma(value, a2);
            a3 = load(panel, at + 3 * VECTOR_BYTES).fma(value, a3);
            at += 4 * VECTOR_BYTES;
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
        long at = offset;
        int xEnd = xOffset + count;
        for (int i = xOffset; i < xEnd; i++) {
            FloatVector f0 = load(panel, at);
            FloatVector f1 = load(panel, at + VECTOR_BYTES);
            FloatVector f2 = load(panel, at + 2 * VECTOR_BYTES);
            FloatVector f3 = load(panel, at + 3 * VECTOR_BYTES);
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
            at += 4 * VECTOR_BYTES;
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
        for (int i = xOffset; i < xEnd; i++) {
            FloatVector w0 = load(panel, at);
            FloatVector w1 = load(panel, at + VECTOR_BYTES);
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
            at += 4 * VECTOR_BYTES;
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
