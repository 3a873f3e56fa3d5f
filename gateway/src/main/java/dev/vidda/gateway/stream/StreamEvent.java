package dev.vidda.gateway.stream;

import dev.vidda.gateway.openai.ApiError;
import dev.vidda.protocol.TokenDelta;

/** What reaches the stream of one HTTP request. */
public sealed interface StreamEvent {
    /** One step's tokens for one of the request's prompts. */
    record Tokens(int prompt, TokenDelta delta) implements StreamEvent {}

    /** The end, without the rest of the answer. */
    record Failed(ApiError error) implements StreamEvent {}
}
