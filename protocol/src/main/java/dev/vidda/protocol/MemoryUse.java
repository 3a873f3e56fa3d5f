package dev.vidda.protocol;

/**
 * What a worker's memory is for, in bytes.
 *
 * @param total of the device, or what the worker may use of the host's
 * @param weights the model's
 * @param workspace activations, graphs, buffers of steps
 * @param kv the pool of KV blocks
 */
public record MemoryUse(long total, long weights, long workspace, long kv) {
    /** Nothing is known of it. */
    public static final MemoryUse UNKNOWN = new MemoryUse(0, 0, 0, 0);
}
