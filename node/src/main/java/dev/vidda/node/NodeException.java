package dev.vidda.node;

import org.jspecify.annotations.Nullable;

/** A node cannot start or go on; the message says why in words for whoever started it. */
public final class NodeException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public NodeException(String message) {
        super(message);
    }

    public NodeException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
