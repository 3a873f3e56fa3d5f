package dev.vidda.worker.device.cuda;

import dev.vidda.worker.device.AttentionShape;
import dev.vidda.worker.device.KvBuffer;
import dev.vidda.worker.device.LiveBytes;

/** The KV pool [blocks][layers][2][kvHeads][blockTokens][headDim]: all of a block lies together. */
final class CudaKv extends KvBuffer {
    static final int BLOCK_TOKENS = 16;

    private final DeviceMemory memory;

    CudaKv(LiveBytes live, DeviceMemory memory, AttentionShape shape, int layers, int blocks) {
        super(live, memory.bytes(), shape, layers, blocks, BLOCK_TOKENS);
        this.memory = memory;
    }

    static long bytes(AttentionShape shape, int layers, int blocks) {
        return (long) blocks * layers * 2 * shape.kvWidth() * BLOCK_TOKENS * Short.BYTES;
    }

    /** Bytes of a block in all layers, which lie together. */
    long blockBytes() {
        return bytes() / blocks();
    }

    DeviceMemory memory() {
        return memory;
    }

    long address() {
        return memory.address();
    }

    /** Rows of [headDim] elements, the way a tensor map sees the pool. */
    long rows() {
        return (long) blocks() * layers() * 2 * shape().kvHeads() * BLOCK_TOKENS;
    }

    @Override
    protected void free() {
        memory.free();
    }
}
