package dev.vidda.gateway.http;

import akka.Done;
import akka.http.javadsl.model.HttpRequest;
import java.util.concurrent.CompletionStage;

/**
 * A request as an endpoint sees it.
 *
 * @param requestId the client's own, or a new one; it goes back with the response
 * @param clientGone done when nobody reads the response any more
 */
record Exchange(HttpRequest request, String requestId, CompletionStage<Done> clientGone) {}
