package dev.vidda.node.cli;

/** A command could not do its work, for a reason its user can understand: printed as one line. */
public final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    public CommandFailure(String message) {
        super(message);
    }

    public CommandFailure(String message, Throwable cause) {
        super(message, cause);
    }

    int exitCode() {
        return 1;
    }
}
