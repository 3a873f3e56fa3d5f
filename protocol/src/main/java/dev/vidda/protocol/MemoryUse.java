package dev.vidda.protocol;

/**
 * What a worker's memory is for, in bytes.
 *
 * @param total of the device, or what the worker may use of the host's
 * @param driver what was taken before the worker took any: by the driver, its context and the kernels' code, and by other processes;
 *     0 on devices without a driver
 * @param weights the model's, with copies in other orders
 * @param workspace activations, graphs, buffers of steps
 * @param kv the pool of KV blocks
 */
public record MemoryUse(long total, long driver, long weights, long workspace, long kv) {
    /** What the worker's own allocations and the driver take together. */
    public long used() {
        return driver + weights + workspace + kv;
    }

    /** Nothing is known of it. */
    public static final MemoryUse UNKNOWN = new MemoryUse(0, 0, 0, 0, 0);
}
