package dev.vidda.worker.device.cpu;

import dev.vidda.worker.device.Ceilings;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * What the cores can do at most: read a buffer that no cache holds, copy one, and multiply and add float32 vectors in registers. The
 * best of several rounds, as neighbours on the machine only take away.
 */
public final class CpuCeilings {
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final long BYTES = 1L << 30;
    private static final int ROUNDS = 12;
    private static final int MULTIPLIES = 1 << 20;
    private static final int ACCUMULATORS = 8;

    private final int threads;
    private final ExecutorService pool;

    private CpuCeilings(int threads, ExecutorService pool) {
        this.threads = threads;
        this.pool = pool;
    }

    /** Takes a second or two, and 1 GiB of memory. */
    public static Ceilings measure(int threads) {
        try (Arena arena = Arena.ofShared();
                ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            MemorySegment buffer = NativeMemory.allocate(BYTES, arena);
            buffer.fill((byte) 1);
            CpuCeilings probe = new CpuCeilings(threads, pool);
            double read = BYTES / probe.best(thread -> () -> sum(probe.slice(buffer, thread)));
            double copy = BYTES / probe.best(thread -> () -> copy(probe.slice(buffer, thread)));
            double operations = 2.0 * MULTIPLIES * ACCUMULATORS * FLOATS.length() * threads;
            return new Ceilings(read, copy, operations / probe.best(_ -> CpuCeilings::multiply));
        }
    }

    private MemorySegment slice(MemorySegment buffer, int thread) {
        long part = BYTES / threads / 4096 * 4096;
        return buffer.asSlice(thread * part, part);
    }

    /** What one of the threads does. */
    private interface Share {
        Callable<Number> of(int thread);
    }

    private double best(Share share) {
        long best = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            best = Math.min(best, pass(share));
        }
        return best / 1e9;
    }

    private long pass(Share share) {
        long start = System.nanoTime();
        List<Future<Number>> parts = new ArrayList<>();
        IntStream.range(0, threads).forEach(thread -> parts.add(pool.submit(share.of(thread))));
        double check = 0;
        for (Future<Number> each : parts) {
            check += result(each).doubleValue();
        }
        long nanos = System.nanoTime() - start;
        if (check == 0) {
            throw new IllegalStateException("nothing was computed");
        }
        return nanos;
    }

    private static Number result(Future<Number> part) {
        try {
            return part.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int sum(MemorySegment slice) {
        IntVector a = IntVector.zero(INTS);
        IntVector b = a;
        IntVector c = a;
        IntVector d = a;
        int step = INTS.vectorByteSize();
        for (long at = 0; at < slice.byteSize(); at += 4L * step) {
            a = a.add(IntVector.fromMemorySegment(INTS, slice, at, ByteOrder.LITTLE_ENDIAN));
            b = b.add(IntVector.fromMemorySegment(INTS, slice, at + step, ByteOrder.LITTLE_ENDIAN));
            c = c.add(IntVector.fromMemorySegment(INTS, slice, at + 2L * step, ByteOrder.LITTLE_ENDIAN));
            d = d.add(IntVector.fromMemorySegment(INTS, slice, at + 3L * step, ByteOrder.LITTLE_ENDIAN));
        }
        return a.add(b).add(c).add(d).reduceLanes(VectorOperators.ADD) | 1;
    }

    private static int copy(MemorySegment slice) {
        long half = slice.byteSize() / 2;
        MemorySegment.copy(slice, 0, slice, half, half);
        return 1;
    }

    private static float multiply() {
        FloatVector factor = FloatVector.broadcast(FLOATS, 0.999f);
        FloatVector a = factor;
        FloatVector b = factor;
        FloatVector c = factor;
        FloatVector d = factor;
        FloatVector e = factor;
        FloatVector f = factor;
        FloatVector g = factor;
        FloatVector h = factor;
        for (int i = 0; i < MULTIPLIES; i++) {
            a = a.fma(factor, factor);
            b = b.fma(factor, factor);
            c = c.fma(factor, factor);
            d = d.fma(factor, factor);
            e = e.fma(factor, factor);
            f = f.fma(factor, factor);
            g = g.fma(factor, factor);
            h = h.fma(factor, factor);
        }
        return a.add(b).add(c).add(d).add(e).add(f).add(g).add(h).reduceLanes(VectorOperators.ADD);
    }
}
