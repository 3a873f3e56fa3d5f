package dev.vidda.worker.device.cpu;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import static dev.vidda.worker.device.cpu.Panels.LANES;

/**
 * Attention of up to {@link #QUERIES} queries that share a key/value head: one thread's workspace and inner loops.
 *
 * <p>Each query's sums run over dimensions or tokens in ascending order whatever else is in the tile; tokens that a query
 * must not see get probability 0, which leaves a sum as it is.
 */
final class AttentionTile {
    static final int QUERIES = 4;

    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;

    private final int headDim;
    private final int scoreStride;
    private final float[] queries;
    private final float[] scores;
    private final float[] outputs;
    private final float[] sums = new float[QUERIES];

    /** @param maxContext the most tokens a query sees, a block of slack included */
    AttentionTile(int headDim, int maxContext) {
        this.headDim = headDim;
        scoreStride = Math.ceilDiv(maxContext, LANES) * LANES;
        queries = new float[QUERIES * headDim];
        scores = new float[QUERIES * scoreStride];
        outputs = new float[QUERIES * headDim];
    }

    void setQuery(int query, float[] source, int offset) {
        System.arraycopy(source, offset, queries, query * headDim, headDim);
        Arrays.fill(outputs, query * headDim, (query + 1) * headDim, 0f);
    }

    private static FloatVector load(MemorySegment data, long offset) {
        return FloatVector.fromMemorySegment(FLOATS, data, offset, ByteOrder.LITTLE_ENDIAN);
    }

    /** Scores of one query with {@code LANES} tokens whose keys lie {@code rowBytes} apart a dimension. */
    void scoreOne(MemorySegment data, long keys, long rowBytes, int token) {
        FloatVector a = FloatVector.zero(FLOATS);
        long at = keys;
        for (int i = 0; i < headDim; i++) {
            a = load(data, at).fma(FloatVector.broadcast(FLOATS, queries[i]), a);
            at += rowBytes;
        }
        a.intoArray(scores, token);
    }

    /** Scores of four queries with {@code LANES} tokens at {@code keysA} and as many at {@code keysB}. */
    void scoreFour(MemorySegment data, long keysA, long keysB, long rowBytes, int tokenA, int tokenB) {
        FloatVector a0 = FloatVector.zero(FLOATS);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector b0 = a0;
        FloatVector b1 = a0;
        FloatVector b2 = a0;
        FloatVector b3 = a0;
        long at = 0;
        for (int i = 0; i < headDim; i++) {
            FloatVector a = load(data, keysA + at);
            FloatVector b = load(data, keysB + at);
            FloatVector q = FloatVector.broadcast(FLOATS, queries[i]);
            a0 = a.fma(q, a0);
            b0 = b.fma(q, b0);
            q = FloatVector.broadcast(FLOATS, queries[headDim + i]);
            a1 = a.fma(q, a1);
            b1 = b.fma(q, b1);
            q = FloatVector.broadcast(FLOATS, queries[2 * headDim + i]);
            a2 = a.fma(q, a2);
            b2 = b.fma(q, b2);
            q = FloatVector.broadcast(FLOATS, queries[3 * headDim + i]);
            a3 = a.fma(q, a3);
            b3 = b.fma(q, b3);
            at += rowBytes;
        }
        a0.intoArray(scores, tokenA);
        a1.intoArray(scores, scoreStride + tokenA);
        a2.intoArray(scores, 2 * scoreStride + tokenA);
        a3.intoArray(scores, 3 * scoreStride + tokenA);
        b0.intoArray(scores, tokenB);
        b1.intoArray(scores, scoreStride + tokenB);
        b2.intoArray(scores, 2 * scoreStride + tokenB);
        b3.intoArray(scores, 3 * scoreStride + tokenB);
    }

    /**
     * Turns a query's scores into probabilities, not yet divided by their sum.
     *
     * @param size scores of the tile: a multiple of {@code LANES}
     * @param from first token the query sees
     * @param to end of the tokens it sees
     */
    void softmax(int query, int size, int from, int to, float scale) {
        int base = query * scoreStride;
        Arrays.fill(scores, base, base + from, Float.NEGATIVE_INFINITY);
        Arrays.fill(scores, base + to, base + size, Float.NEGATIVE_INFINITY);
        FloatVector largest = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
        for (int i = base; i < base + size; i += LANES) {
            largest = largest.max(FloatVector.fromArray(FLOATS, scores, i));
        }
        float top = largest.reduceLanes(VectorOperators.MAX);
        for (int i = base; i < base + size; i += LANES) {
            FloatVector distance =
                    FloatVector.fromArray(FLOATS, scores, i).sub(top).mul(scale);
            VectorMath.exp(distance).intoArray(scores, i);
        }
        sums[query] = sum(base, base + size);
    }

    /** Four interleaved sums: the same on machines with vectors of any width. */
    private float sum(int from, int to) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        for (int i = from; i < to; i += 4) {
            s0 += scores[i];
            s1 += scores[i + 1];
            s2 += scores[i + 2];
            s3 += scores[i + 3];
        }
        return s0 + s1 + (s2 + s3);
    }

    /** Adds {@code count} values, weighted by the probabilities from {@code token} on, to the first query's output. */
    void valuesOne(MemorySegment data, long values, int count, int token) {
        int dim = 0;
        for (; dim + LANES <= headDim; dim += LANES) {
            FloatVector o = FloatVector.fromArray(FLOATS, outputs, dim);
            long at = values + 4L * dim;
            for (int i = 0; i < count; i++) {
                o = load(data, at).fma(FloatVector.broadcast(FLOATS, scores[token + i]), o);
                at += 4L * headDim;
            }
            o.intoArray(outputs, dim);
        }
        valuesRest(data, values, count, token, dim, 1);
    }

    /** As {@link #valuesOne}, for all four queries. */
    void valuesFour(MemorySegment data, long values, int count, int token) {
        int dim = 0;
        for (; dim + 2 * LANES <= headDim; dim += 2 * LANES) {
            valuesPair(data, values + 4L * dim, count, token, dim);
        }
        for (; dim + LANES <= headDim; dim += LANES) {
            valuesSingle(data, values + 4L * dim, count, token, dim);
        }
        valuesRest(data, values, count, token, dim, QUERIES);
    }

    private void valuesPair(MemorySegment data, long values, int count, int token, int dim) {
        FloatVector a0 = FloatVector.fromArray(FLOATS, outputs, dim);
        FloatVector b0 = FloatVector.fromArray(FLOATS, outputs, dim + LANES);
        FloatVector a1 = FloatVector.fromArray(FLOATS, outputs, headDim + dim);
        FloatVector b1 = FloatVector.fromArray(FLOATS, outputs, headDim + dim + LANES);
        FloatVector a2 = FloatVector.fromArray(FLOATS, outputs, 2 * headDim + dim);
        FloatVector b2 = FloatVector.fromArray(FLOATS, outputs, 2 * headDim + dim + LANES);
        FloatVector a3 = FloatVector.fromArray(FLOATS, outputs, 3 * headDim + dim);
        FloatVector b3 = FloatVector.fromArray(FLOATS, outputs, 3 * headDim + dim + LANES);
        long at = values;
        for (int i = token; i < token + count; i++) {
            FloatVector a = load(data, at);
            FloatVector b = load(data, at + 4L * LANES);
            FloatVector p = FloatVector.broadcast(FLOATS, scores[i]);
            a0 = a.fma(p, a0);
            b0 = b.fma(p, b0);
            p = FloatVector.broadcast(FLOATS, scores[scoreStride + i]);
            a1 = a.fma(p, a1);
            b1 = b.fma(p, b1);
            p = FloatVector.broadcast(FLOATS, scores[2 * scoreStride + i]);
            a2 = a.fma(p, a2);
            b2 = b.fma(p, b2);
            p = FloatVector.broadcast(FLOATS, scores[3 * scoreStride + i]);
            a3 = a.fma(p, a3);
            b3 = b.fma(p, b3);
            at += 4L * headDim;
        }
        a0.intoArray(outputs, dim);
        b0.intoArray(outputs, dim + LANES);
        a1.intoArray(outputs, headDim + dim);
        b1.intoArray(outputs, headDim + dim + LANES);
        a2.intoArray(outputs, 2 * headDim + dim);
        b2.intoArray(outputs, 2 * headDim + dim + LANES);
        a3.intoArray(outputs, 3 * headDim + dim);
        b3.intoArray(outputs, 3 * headDim + dim + LANES);
    }

    private void valuesSingle(MemorySegment data, long values, int count, int token, int dim) {
        for (int query = 0; query < QUERIES; query++) {
            FloatVector o = FloatVector.fromArray(FLOATS, outputs, query * headDim + dim);
            for (int i = 0; i < count; i++) {
                FloatVector p = FloatVector.broadcast(FLOATS, scores[query * scoreStride + token + i]);
                o = load(data, values + 4L * headDim * i).fma(p, o);
            }
            o.intoArray(outputs, query * headDim + dim);
        }
    }

    /** Dimensions that do not fill a vector. */
    private void valuesRest(MemorySegment data, long values, int count, int token, int from, int queryCount) {
        for (int query = 0; query < queryCount; query++) {
            for (int dim = from; dim < headDim; dim++) {
                float o = outputs[query * headDim + dim];
                for (int i = 0; i < count; i++) {
                    float value = data.get(CpuKv.FLOAT, values + 4L * ((long) headDim * i + dim));
                    o = Math.fma(value, scores[query * scoreStride + token + i], o);
                }
                outputs[query * headDim + dim] = o;
            }
        }
    }

    /** Writes a query's output, divided by the sum of its probabilities. */
    void finish(int query, float[] target, int offset) {
        float sum = sums[query];
        for (int i = 0; i < headDim; i++) {
            target[offset + i] = outputs[query * headDim + i] / sum;
        }
    }
}
