package dev.vidda.protocol;

import java.util.List;

/**
 * What a worker's node says to an order: how things are now that it was taken or refused.
 *
 * @param model what it serves, or is loading or ending; empty when there is none
 * @param loadedBytes of {@code totalBytes}, while it is loading
 * @param error why the last model could not be loaded; empty if it could
 * @param models those that could be loaded
 */
public record WorkerHostReply(
        String workerId,
        Outcome outcome,
        State state,
        String model,
        long loadedBytes,
        long totalBytes,
        String error,
        List<String> models)
        implements Wire {
    /** What became of the order. */
    public enum Outcome {
        /** It is being carried out, or nothing was to be done. */
        ACCEPTED,
        /** Not in this state. */
        REFUSED,
        /** The node's configuration has no such model. */
        UNKNOWN_MODEL
    }

    /** What the worker does. */
    public enum State {
        LOADING,
        SERVING,
        UNLOADING,
        UNLOADED
    }

    public WorkerHostReply {
        models = List.copyOf(models);
    }
}
