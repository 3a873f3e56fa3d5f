package dev.vidda.gateway.stream;

/** Turns a stream's events into the bytes to send. Used by one thread at a time. */
public interface EventEncoder {
    /** Takes the next event. */
    void accept(StreamEvent event);

    /** The bytes since the last time; empty when all is held back. */
    byte[] take();

    /** Whether all is said. */
    boolean done();
}
