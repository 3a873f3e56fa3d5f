package dev.vidda.worker.bench;

import dev.vidda.worker.device.cpu.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The bandwidth at which plain vector loads read a buffer that no cache holds: the ceiling of decoding. */
final class ReadBandwidth {
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    private static final long BYTES = 1L << 30;
    private static final int ROUNDS = 12;

    private ReadBandwidth() {}

    /** Bytes a second, the best of several passes over 1 GiB. */
    static double measure(int threads) {
        try (Arena arena = Arena.ofShared();
                ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            MemorySegment buffer = NativeMemory.allocate(BYTES, arena);
            buffer.fill((byte) 1);
            long best = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS; round++) {
                best = Math.min(best, pass(buffer, threads, pool));
            }
            return BYTES * 1e9 / best;
        }
    }

    private static long pass(MemorySegment buffer, int threads, ExecutorService pool) {
        long start = System.nanoTime();
        List<Future<Integer>> parts = new ArrayList<>();
        long part = BYTES / threads / 4096 * 4096;
        for (int i = 0; i < threads; i++) {
            MemorySegment slice = buffer.asSlice(i * part, part);
            parts.add(pool.submit(() -> sum(slice)));
        }
        int check = 0;
        for (Future<Integer> each : parts) {
            check += result(each);
        }
        long nanos = System.nanoTime() - start;
        if (check == 0) {
            throw new IllegalStateException("the buffer was not read");
        }
        return nanos;
    }

    private static int result(Future<Integer> part) {
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
}
