package dev.vidda.gateway.stream;

/** The client reads more slowly than its tokens come, and its buffer is full: its connection is closed. */
final class SlowClientException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SlowClientException() {
        super("the client did not read its tokens in time", null, false, false);
    }
}
