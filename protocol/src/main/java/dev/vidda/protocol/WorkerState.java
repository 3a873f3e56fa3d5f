package dev.vidda.protocol;

/** What a worker does with new requests. */
public enum WorkerState {
    /** Takes them. */
    SERVING,
    /** Takes none, finishes those it has. */
    DRAINING,
    /** Takes none, has none. */
    DRAINED
}
