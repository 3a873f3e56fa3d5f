package dev.vidda.worker.device;

/** A workspace matrix [rows, width]: a row for each token of a step, or for each sampled one. */
public abstract class Activation extends DeviceBuffer {
    private final int width;

    protected Activation(LiveBytes live, long bytes, int width) {
        super(live, Purpose.WORKSPACE, bytes);
        this.width = width;
    }

    public final int width() {
        return width;
    }
}
