package dev.vidda.node;

/** Hears how a node fares; called from its threads, so it must not block. */
public interface NodeListener {
    /** So many bytes of weights are loaded. */
    void loading(long doneBytes, long totalBytes);

    /** It serves. */
    void ready(NodeReady ready);

    /** It cannot start, or cannot go on, and shuts down. */
    void failed(NodeException reason);
}
