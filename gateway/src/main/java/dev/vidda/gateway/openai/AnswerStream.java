package dev.vidda.gateway.openai;

import dev.vidda.protocol.TokenDelta;

/** An answer that is sent while it is made. Not thread-safe. */
public interface AnswerStream {
    /** Takes what one step added to the request of {@code prompt}. */
    void accept(int prompt, TokenDelta delta);

    /** Ends the stream with an error. */
    void fail(ApiError error);

    /** The bytes to send since the last time; empty when all text is held back. */
    byte[] take();

    /** Whether all is said: what comes now is ignored. */
    boolean done();
}
