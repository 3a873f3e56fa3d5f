package dev.vidda.worker.device;

import dev.vidda.protocol.DeviceHealth;
import dev.vidda.worker.step.HostBlocks;
import dev.vidda.worker.step.StepBatch;
import dev.vidda.worker.step.StepResult;
import dev.vidda.worker.weights.HostTensor;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What computes: memory, weights in the layout it likes, and steps. Used by one thread only; whoever creates a buffer
 * owns it and closes it before the device.
 *
 * <p>The logits of a row depend, to the last bit, on its sequence alone: not on the other rows of the batch, on how the
 * prompt was cut into chunks, on which blocks it lies in, or on the number of threads.
 */
public interface Device extends AutoCloseable {
    /** {@link #usualKvShare} of the host's memory: other programs need some of it, too. */
    double HOST_KV_SHARE = 0.5;

    /** What computes, in words: {@code cpu (512-bit vectors, 2 threads)}. */
    String description();

    StepLimits limits();

    /** Bytes of an element in the KV cache. */
    int kvBytesPerElement();

    /** Whether it computes on its own, so that it gains by being given a step while it computes another. */
    default boolean gainsByLookahead() {
        return false;
    }

    /** Seconds it has spent computing steps since it was opened, if it can tell. */
    default OptionalDouble busySeconds() {
        return OptionalDouble.empty();
    }

    /**
     * All weights are loaded: the device may measure them and make copies that it computes faster with. Called once, before
     * {@link #freeBytes} says how much memory the KV cache can have.
     *
     * @param reserved bytes that must stay free for a KV cache of fixed size; 0 where it takes what there is
     * @throws DeviceException if there is too little memory for what was asked for
     */
    default void weightsLoaded(long reserved) {}

    /** What it found out about itself when the weights were loaded, in lines for a person. */
    default List<String> notes() {
        return List.of();
    }

    /** Bytes that could be allocated now. */
    long freeBytes();

    /** Bytes of memory it has, free or not. */
    long totalBytes();

    /** Share of the free memory that the KV cache gets when nobody says how much, in (0, 1]. */
    default double usualKvShare() {
        return HOST_KV_SHARE;
    }

    /** Bytes of memory that were taken when it was opened: by a driver for itself and for kernels, and by other processes. */
    default long driverBytes() {
        return 0;
    }

    /** What its sensors say now; empty if it has none. Safe for any thread, and may take milliseconds. */
    default Optional<DeviceHealth> health() {
        return Optional.empty();
    }

    /** Memory handed out and not yet given back. */
    LiveBytes liveBytes();

    /** A vector, for a norm. */
    Weight loadVector(HostTensor vector);

    /** An embedding table for {@link Ops#embed} alone; may keep the tensor's memory as {@link #loadLinear} may. */
    Weight loadTable(HostTensor table);

    /**
     * A linear map whose rows are those of {@code parts}, one after the other: queries, keys and values are loaded as
     * one map. A tied model hands the same weight to {@link Ops#embed} and {@link Ops#logits}.
     *
     * <p>A device may keep using the parts' memory instead of copying: it must stay there until the weight is closed.
     *
     * @param parts matrices with equal numbers of columns
     * @param biases none, or a vector for each part
     */
    Weight loadLinear(List<HostTensor> parts, List<HostTensor> biases);

    /** The two maps of a gated linear unit, for {@link Ops#normGatedLinear}; {@code biases} as {@link #loadLinear}. */
    Weight loadGated(HostTensor gate, HostTensor up, List<HostTensor> biases);

    /** A workspace of {@code maxTokens} rows. */
    Activation tokenRows(int width);

    /** A workspace of {@code maxSequences} rows, for logits. */
    Activation sampleRows(int width);

    /** A KV cache, and whatever workspace attention of that shape needs. Its content is undefined until written. */
    KvBuffer kv(AttentionShape shape, int layers, int blocks, int blockTokens);

    /**
     * Room for blocks of {@code kv} in the host's memory. Memory is taken as it is needed.
     *
     * @param bytes how much of it at most
     */
    default HostBlocks hostBlocks(KvBuffer kv, long bytes) {
        return HostBlocks.NONE;
    }

    /**
     * Starts {@code program} over {@code batch}, which must not change until it is awaited. Steps run in the order of their
     * launches, one after the other; one may be launched before the one before it is awaited, but no more.
     *
     * @throws IllegalArgumentException if the batch is empty, larger than the limits, or has a token id that is not in
     *     the vocabulary
     * @throws IllegalStateException if two other steps are not awaited
     */
    void launch(StepBatch batch, StepProgram program);

    /**
     * Waits for the oldest step that was not awaited. The result is valid until the next launch.
     *
     * @throws IllegalStateException if nothing was launched
     */
    StepResult await();

    /**
     * Copies a row of an activation to the host, as float32, for tests and diagnosis. Valid between {@link #await} and
     * the next launch; drawing tokens may have changed logits (by penalties and bias, which greedy sampling without them
     * does not).
     *
     * @param target [width]
     */
    void read(Activation activation, int row, float[] target);

    /**
     * Ends the device.
     *
     * @throws IllegalStateException if buffers are still open
     */
    @Override
    void close();
}
