package dev.vidda.worker.device.cpu;

import dev.vidda.worker.step.HostBlocks;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Blocks of a {@link CpuKv} beside it in the same memory: room that is only touched when it is needed. */
final class CpuHostBlocks implements HostBlocks {
    private static final int MEASURED_BLOCKS = 4;
    private static final int MEASUREMENTS = 8;

    private final CpuKv kv;
    private final Arena arena = Arena.ofShared();
    private final long blockBytes;
    private final int size;
    private final MemorySegment data;
    private final double secondsPerBlock;

    CpuHostBlocks(CpuKv kv, long bytes) {
        this.kv = kv;
        blockBytes = kv.layers() * kv.blockBytesOfLayer();
        size = (int) Math.min(kv.blocks() * 16L, bytes / blockBytes);
        data = NativeMemory.allocate(size * blockBytes, arena);
        secondsPerBlock = measure();
    }

    /** The best of a few times: the first ones touch new memory, and others may use the machine. */
    private double measure() {
        int blocks = Math.min(MEASURED_BLOCKS, Math.min(size, kv.blocks()));
        double best = Double.POSITIVE_INFINITY;
        for (int round = 0; round < MEASUREMENTS && blocks > 0; round++) {
            long start = System.nanoTime();
            for (int i = 0; i < blocks; i++) {
                store(i, i);
            }
            best = Math.min(best, (System.nanoTime() - start) / 1e9 / blocks);
        }
        return best;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public double secondsPerBlock() {
        return secondsPerBlock;
    }

    @Override
    public void store(int block, int slot) {
        long bytes = kv.blockBytesOfLayer();
        for (int layer = 0; layer < kv.layers(); layer++) {
            MemorySegment.copy(kv.data(), kv.keys(layer, block, 0), data, slot * blockBytes + layer * bytes, bytes);
        }
    }

    @Override
    public void load(int slot, int block) {
        long bytes = kv.blockBytesOfLayer();
        for (int layer = 0; layer < kv.layers(); layer++) {
            MemorySegment.copy(data, slot * blockBytes + layer * bytes, kv.data(), kv.keys(layer, block, 0), bytes);
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
