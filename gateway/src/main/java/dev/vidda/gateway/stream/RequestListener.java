package dev.vidda.gateway.stream;

import dev.vidda.gateway.openai.ApiError;
import dev.vidda.protocol.TokenDelta;

/** Hears of one request's life. Called on the hub's thread, so nothing here may block or take long. */
interface RequestListener {
    /**
     * The scheduler has the request in its line; said again when it has moved on.
     *
     * @param position in the line, from 0
     * @param estimatedWaitMillis until its turn; -1 when unknown
     */
    void queued(int position, long estimatedWaitMillis);

    /** The request has room and was started. */
    void admitted();

    /** Tokens came. Returns false if there is no place for them left: the hub then gives the request up. */
    boolean tokens(TokenDelta delta);

    /** The request will not be finished; nothing follows. */
    void failed(ApiError error);
}
