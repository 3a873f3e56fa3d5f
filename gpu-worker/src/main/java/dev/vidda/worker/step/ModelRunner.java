package dev.vidda.worker.step;

import dev.vidda.protocol.DeviceHealth;
import dev.vidda.protocol.MemoryUse;
import dev.vidda.protocol.kv.KvShape;
import java.util.List;
import java.util.Optional;

/**
 * A model on a device, with its KV pool: computes one step at a time. Used by one thread only.
 *
 * <p>Logits of a row depend on its sequence alone, not on what else is in the batch, on how its prompt was cut into
 * chunks, or on which blocks it lies in.
 */
public interface ModelRunner extends AutoCloseable {
    /** What computes, in words: {@code cpu (AVX-512, 2 threads)}. */
    String device();

    /** What the device found out about itself when the model was loaded, in lines for a person. */
    default List<String> notes() {
        return List.of();
    }

    KvShape kvShape();

    /** Blocks in the KV pool, numbered from 0. */
    int kvBlocks();

    int vocabSize();

    /** The most prompt and generated tokens of one sequence. */
    int maxModelLength();

    /**
     * Room for KV blocks in the host's memory; made when first asked for, and closed with the runner.
     *
     * @param bytes how much of it at most
     */
    default HostBlocks hostBlocks(long bytes) {
        return HostBlocks.NONE;
    }

    /** What its memory is for. */
    default MemoryUse memory() {
        return MemoryUse.UNKNOWN;
    }

    /** What the device's sensors say now; empty if it has none. Safe for any thread, and may take milliseconds. */
    default Optional<DeviceHealth> health() {
        return Optional.empty();
    }

    /** Whether the device computes on its own, so that it gains by being given a step while it computes another. */
    default boolean gainsByLookahead() {
        return false;
    }

    /**
     * Starts to compute {@code batch}, which must not change until it is awaited. Steps run in the order of their launches,
     * one after the other; one may be launched before the one before it is awaited, but no more.
     */
    void launch(StepBatch batch);

    /**
     * Waits for the oldest step that was not awaited. The result is valid until the next launch.
     *
     * @throws IllegalStateException if nothing was launched
     */
    StepResult await();

    /** Frees all memory of the device. */
    @Override
    void close();
}
