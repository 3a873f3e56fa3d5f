package dev.vidda.gateway.socket;

/**
 * Writes the chunks of one response's body past HTTP's stages, which together cost more than all else that is done for a
 * token. HTTP writes the head before and the last chunk after them, so the source of the body gives it no bytes, but ends
 * when the body does.
 *
 * <p>Head and body cannot mix: nothing is ready before the stream has given the socket the head, which is all that it has
 * to give. To be used by the stream that the response runs in, which is the connection's own.
 */
public final class BodyWriter {
    private final Sender sender;
    private final long elementsBefore;

    private BodyWriter(Sender sender) {
        this.sender = sender;
        this.elementsBefore = sender.elements();
    }

    /** Of the next response, when the one before has gone out. */
    static BodyWriter of(Sender sender) {
        return new BodyWriter(sender);
    }

    /** Whether a chunk can be written now: the head is out, and the client has room. */
    public boolean isReady() {
        return sender.elements() > elementsBefore && sender.isIdle();
    }

    /** Sets what is run once, on the stream's own thread, when it may have become ready. */
    public void await(Runnable ready) {
        sender.await(ready);
    }

    /** Writes a chunk, which must not be empty. Only while {@link #isReady}. */
    public void write(byte[] bytes) {
        sender.chunk(bytes);
    }
}
