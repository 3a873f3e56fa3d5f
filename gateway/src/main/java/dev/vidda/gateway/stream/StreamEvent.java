package dev.vidda.gateway.stream;

import dev.vidda.gateway.openai.ApiError;
import dev.vidda.protocol.TokenDelta;

/** What reaches the stream of one HTTP request. */
public sealed interface StreamEvent {
    /** One step's tokens for one of the request's prompts. */
    record Tokens(int prompt, TokenDelta delta) implements StreamEvent {}

    /**
     * One of the request's prompts waits for room.
     *
     * @param position in the line, from 0
     * @param estimatedWaitMillis until its turn; -1 when unknown
     */
    record Queued(int prompt, int position, long estimatedWaitMillis) implements StreamEvent {}

    /** The end, without the rest of the answer. */
    record Failed(ApiError error) implements StreamEvent {}
}
