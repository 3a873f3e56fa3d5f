package dev.vidda.gateway.http;

import akka.Done;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import dev.vidda.gateway.security.Caller;
import dev.vidda.gateway.socket.BodyWriter;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A request as an endpoint sees it.
 *
 * @param requestId the client's own, or a new one; it goes back with the response
 * @param clientGone done when nobody reads the response any more
 * @param body writes the response's body past HTTP, where that is possible
 * @param caller who sent it
 * @param arrivedAtMillis since 1970
 */
record Exchange(
        HttpRequest request,
        String requestId,
        CompletionStage<Done> clientGone,
        Optional<BodyWriter> body,
        Caller caller,
        long arrivedAtMillis) {
    Optional<String> header(String name) {
        return request.getHeader(name).map(HttpHeader::value);
    }
}
