package dev.vidda.gateway.http;

import dev.vidda.gateway.openai.ApiError;
import dev.vidda.gateway.security.Permit;
import dev.vidda.gateway.stream.RequestObserver;
import dev.vidda.protocol.TokenDelta;

/** Counts generated tokens against a tenant's quota. */
record TokenMeter(Permit permit) implements RequestObserver {
    @Override
    public void queued(int part) {}

    @Override
    public void admitted(int part) {}

    @Override
    public void tokens(int part, TokenDelta delta) {
        permit.generated(delta.tokens().size());
    }

    @Override
    public void failed(ApiError error) {}

    @Override
    public void abandoned() {}
}
