package dev.vidda.worker.device.cpu;

import dev.vidda.worker.device.AttentionShape;
import dev.vidda.worker.device.KvBuffer;
import dev.vidda.worker.device.LiveBytes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Keys and values as float32: [layer][block][kv head][keys [headDim][tokens] | values [tokens][headDim]]. Keys lie across
 * tokens so that a lane computes the score of its own token.
 */
final class CpuKv extends KvBuffer {
    static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Arena arena;
    private final MemorySegment data;
    private final long headBytes;

    CpuKv(LiveBytes live, AttentionShape shape, int layers, int blocks, int blockTokens) {
        this(live, shape, layers, blocks, blockTokens, Arena.ofShared());
    }

    private CpuKv(LiveBytes live, AttentionShape shape, int layers, int blocks, int blockTokens, Arena arena) {
        super(live, bytes(shape, layers, blocks, blockTokens), shape, layers, blocks, blockTokens);
        this.arena = arena;
        headBytes = 2L * shape.headDim() * blockTokens * Float.BYTES;
        data = NativeMemory.allocate(bytes(), arena);
    }

    private static long bytes(AttentionShape shape, int layers, int blocks, int blockTokens) {
        return 2L * shape.kvWidth() * Float.BYTES * layers * blocks * blockTokens;
    }

    MemorySegment data() {
        return data;
    }

    /** Bytes of one block in one layer, which lie together. */
    long blockBytesOfLayer() {
        return shape().kvHeads() * headBytes;
    }

    /** Where the keys of a head in a block begin. */
    long keys(int layer, int block, int head) {
        return (((long) layer * blocks() + block) * shape().kvHeads() + head) * headBytes;
    }

    /** Where the values of a head in a block begin. */
    long values(int layer, int block, int head) {
        return keys(layer, block, head) + headBytes / 2;
    }

    /** Writes one head's key and value of one token. */
    void store(int layer, int slot, int head, float[] row, int keyOffset, int valueOffset) {
        int block = slot / blockTokens();
        int token = slot % blockTokens();
        int headDim = shape().headDim();
        long keys = keys(layer, block, head) + 4L * token;
        for (int i = 0; i < headDim; i++) {
            data.set(FLOAT, keys + 4L * i * blockTokens(), row[keyOffset + i]);
        }
        MemorySegment.copy(row, valueOffset, data, FLOAT, values(layer, block, head) + 4L * token * headDim, headDim);
    }

    @Override
    protected void free() {
        arena.close();
    }
}
