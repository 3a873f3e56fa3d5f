package dev.vidda.gateway.http;

import akka.Done;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import java.util.concurrent.CompletionStage;

/** Answers the requests of all connections. */
@FunctionalInterface
interface RequestHandler {
    /**
     * @param clientGone done when nobody reads the response any more
     * @return never fails
     */
    CompletionStage<HttpResponse> handle(HttpRequest request, CompletionStage<Done> clientGone);
}
