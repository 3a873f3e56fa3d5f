package dev.vidda.worker.device;

/**
 * A matrix or vector of a model in a device's memory, in the layout the device likes best.
 *
 * <p>A linear map {@code y = W x + b} has {@link #outputs()} rows and {@link #inputs()} columns; its bias, if any, is
 * part of the weight. A vector has one input.
 */
public abstract class Weight extends DeviceBuffer {
    private final int outputs;
    private final int inputs;

    protected Weight(LiveBytes live, long bytes, int outputs, int inputs) {
        super(live, Purpose.WEIGHTS, bytes);
        this.outputs = outputs;
        this.inputs = inputs;
    }

    public final int outputs() {
        return outputs;
    }

    public final int inputs() {
        return inputs;
    }
}
