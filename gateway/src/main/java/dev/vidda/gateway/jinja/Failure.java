package dev.vidda.gateway.jinja;

/** An error found by an operation that does not know its place in the template; the interpreter adds the place. */
final class Failure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Whether the template itself raised it. */
    private final boolean raised;

    private Failure(String message, boolean raised) {
        super(message, null, false, false);
        this.raised = raised;
    }

    Failure(String message) {
        this(message, false);
    }

    static Failure raisedByTemplate(String message) {
        return new Failure(message, true);
    }

    boolean isRaised() {
        return raised;
    }

    String problem() {
        return String.valueOf(getMessage());
    }
}
