package dev.vidda.gateway.openai;

import dev.vidda.protocol.TokenDelta;

/** An answer that is sent when it is complete. Not thread-safe. */
public interface AnswerBody {
    /**
     * Takes what one step added to the request of {@code prompt}.
     *
     * @throws ApiException if the engine could not finish it
     */
    void accept(int prompt, TokenDelta delta);

    /** Whether all choices have ended. */
    boolean done();

    /** The response's body. Call once, when {@link #done}. */
    byte[] body();
}
