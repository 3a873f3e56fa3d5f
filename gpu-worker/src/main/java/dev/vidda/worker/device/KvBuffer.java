package dev.vidda.worker.device;

/**
 * The paged keys and values of all layers: blocks of {@link #blockTokens()} tokens, addressed by the slots and block
 * ids of a step's batch. The layout inside is the device's own.
 */
public abstract class KvBuffer extends DeviceBuffer {
    private final AttentionShape shape;
    private final int layers;
    private final int blocks;
    private final int blockTokens;

    protected KvBuffer(LiveBytes live, long bytes, AttentionShape shape, int layers, int blocks, int blockTokens) {
        super(live, Purpose.KV, bytes);
        this.shape = shape;
        this.layers = layers;
        this.blocks = blocks;
        this.blockTokens = blockTokens;
    }

    public final AttentionShape shape() {
        return shape;
    }

    public final int layers() {
        return layers;
    }

    public final int blocks() {
        return blocks;
    }

    public final int blockTokens() {
        return blockTokens;
    }
}
