package dev.vidda.worker.device;

/** What a device's memory is used for. */
public enum Purpose {
    WEIGHTS,
    /** Weights once more, in an order that a library wants. */
    COPIES,
    KV,
    WORKSPACE
}
