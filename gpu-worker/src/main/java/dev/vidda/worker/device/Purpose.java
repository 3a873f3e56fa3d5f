package dev.vidda.worker.device;

/** What a device's memory is used for. */
public enum Purpose {
    WEIGHTS,
    KV,
    WORKSPACE
}
