package dev.vidda.worker.device.cuda;

import dev.vidda.worker.device.Activation;
import dev.vidda.worker.device.LiveBytes;

/** A workspace matrix; what is in it depends on the operation that wrote it last. */
final class CudaActivation extends Activation {
    /** How elements lie in memory. */
    enum Content {
        NOTHING,
        FLOATS,
        /** 16-bit elements in the order of rows. */
        ROWS,
        /** 16-bit elements in the order of {@code place()}. */
        FRAGMENTS,
        /** Partial sums in the device's scratch, waiting for their reader. */
        PARTS,
        /** Queries after rotation, in rows of their own, behind whatever was there. */
        QUERIES
    }

    private final DeviceMemory memory;
    private final int rows;
    private Content content = Content.NOTHING;
    private Parts parts = Parts.NONE;
    private long partsBias;

    CudaActivation(LiveBytes live, DeviceMemory memory, int rows, int width) {
        super(live, memory.bytes(), width);
        this.memory = memory;
        this.rows = rows;
    }

    long address() {
        return memory.address();
    }

    /** Where rotated queries go: behind the rows they come from. */
    long queries() {
        return memory.address() + (long) rows * width() * Short.BYTES;
    }

    DeviceMemory memory() {
        return memory;
    }

    /** Rows there is memory for. */
    int rows() {
        return rows;
    }

    Content content() {
        return content;
    }

    void holds(Content now) {
        content = now;
        parts = Parts.NONE;
        partsBias = 0;
    }

    /** Sums that belong here are still in parts; for a residual stream, to be added to what it holds. */
    void awaits(Parts pending, long bias) {
        parts = pending;
        partsBias = bias;
    }

    Parts parts() {
        return parts;
    }

    /** Address of the bias that goes with the parts, or 0. */
    long partsBias() {
        return partsBias;
    }

    @Override
    protected void free() {
        memory.free();
    }
}
