package dev.vidda.worker.device.cuda;

import dev.vidda.worker.step.HostBlocks;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Blocks of a {@link CudaKv} and the token ids of their sequences in pinned memory, which is taken in slabs when it is needed.
 * Copies run on the stream of the steps, between them.
 */
final class CudaHostBlocks implements HostBlocks {
    private static final long SLAB_BYTES = 64L << 20;
    private static final int MEASURED_BLOCKS = 8;
    private static final int HISTORY_BYTES = CudaKv.BLOCK_TOKENS * Integer.BYTES;

    private final Context context;
    private final CudaKv kv;
    private final DeviceMemory history;
    private final long slotBytes;
    private final int slotsPerSlab;
    private final int size;
    private final List<PinnedMemory> slabs = new ArrayList<>();
    private final double secondsPerBlock;

    CudaHostBlocks(Context context, CudaKv kv, DeviceMemory history, long bytes) {
        this.context = context;
        this.kv = kv;
        this.history = history;
        slotBytes = kv.blockBytes() + HISTORY_BYTES;
        slotsPerSlab = (int) Math.max(1, SLAB_BYTES / slotBytes);
        size = (int) Math.min(Integer.MAX_VALUE, bytes / slotBytes);
        secondsPerBlock = measure();
    }

    private double measure() {
        int blocks = Math.min(Math.min(MEASURED_BLOCKS, slotsPerSlab), Math.min(size, kv.blocks()));
        if (blocks == 0) {
            return Double.POSITIVE_INFINITY;
        }
        // Once before, so that the memory is there.
        store(0, 0);
        context.synchronize();
        long start = System.nanoTime();
        for (int i = 0; i < blocks; i++) {
            store(i, i);
        }
        context.synchronize();
        return (System.nanoTime() - start) / 1e9 / blocks;
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
        MemorySegment to = slot(slot);
        kv.memory().download(context, block * kv.blockBytes(), to.asSlice(0, kv.blockBytes()));
        history.download(context, (long) block * HISTORY_BYTES, to.asSlice(kv.blockBytes(), HISTORY_BYTES));
    }

    @Override
    public void load(int slot, int block) {
        MemorySegment from = slot(slot);
        kv.memory().upload(context, block * kv.blockBytes(), from.asSlice(0, kv.blockBytes()));
        history.upload(context, (long) block * HISTORY_BYTES, from.asSlice(kv.blockBytes(), HISTORY_BYTES));
    }

    private MemorySegment slot(int slot) {
        context.enter();
        int slab = slot / slotsPerSlab;
        while (slabs.size() <= slab) {
            slabs.add(new PinnedMemory(context, slotsPerSlab * slotBytes));
        }
        return slabs.get(slab).segment().asSlice(slot % slotsPerSlab * slotBytes, slotBytes);
    }

    @Override
    public void close() {
        context.enter();
        context.synchronize();
        slabs.forEach(PinnedMemory::close);
    }
}
