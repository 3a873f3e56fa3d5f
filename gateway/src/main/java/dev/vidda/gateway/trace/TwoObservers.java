package dev.vidda.gateway.trace;

import dev.vidda.gateway.openai.ApiError;
import dev.vidda.gateway.stream.RequestObserver;
import dev.vidda.protocol.TokenDelta;

/** Both see everything, one after the other. */
record TwoObservers(RequestObserver first, RequestObserver second) implements RequestObserver {
    @Override
    public void queued(int part) {
        first.queued(part);
        second.queued(part);
    }

    @Override
    public void admitted(int part) {
        first.admitted(part);
        second.admitted(part);
    }

    @Override
    public void tokens(int part, TokenDelta delta) {
        first.tokens(part, delta);
        second.tokens(part, delta);
    }

    @Override
    public void failed(ApiError error) {
        first.failed(error);
        second.failed(error);
    }

    @Override
    public void abandoned() {
        first.abandoned();
        second.abandoned();
    }
}
