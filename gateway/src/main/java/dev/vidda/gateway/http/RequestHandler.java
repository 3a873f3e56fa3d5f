package dev.vidda.gateway.http;

import akka.Done;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import dev.vidda.gateway.socket.BodyWriter;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Answers the requests of all connections. */
@FunctionalInterface
interface RequestHandler {
    /**
     * A request as it came.
     *
     * @param clientGone done when nobody reads the response any more
     * @param body writes the response's body past HTTP, where that is possible; for a chunked one only
     */
    record Arrived(HttpRequest request, CompletionStage<Done> clientGone, Optional<BodyWriter> body) {}

    /** @return never fails */
    CompletionStage<HttpResponse> handle(Arrived arrived);
}
