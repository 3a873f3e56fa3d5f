package dev.vidda.gateway.stream;

import dev.vidda.gateway.openai.ApiError;
import dev.vidda.protocol.TokenDelta;

/**
 * Sees what becomes of one HTTP request, to count it. Called on the hub's thread but for {@link #abandoned}, so nothing
 * here may block or take long.
 */
public interface RequestObserver {
    /** Sees nothing. */
    RequestObserver NONE = new RequestObserver() {
        @Override
        public void queued(int part) {}

        @Override
        public void admitted(int part) {}

        @Override
        public void tokens(int part, TokenDelta delta) {}

        @Override
        public void failed(ApiError error) {}

        @Override
        public void abandoned() {}
    };

    /** The scheduler has the part in its line. */
    void queued(int part);

    /** The part was started on a worker. */
    void admitted(int part);

    /** Tokens of the part came, and with the last ones its end. */
    void tokens(int part, TokenDelta delta);

    /** The request failed as a whole; nothing follows. */
    void failed(ApiError error);

    /** Nobody waits for the answer any more; also said of one that is complete. On any thread, maybe several times. */
    void abandoned();
}
