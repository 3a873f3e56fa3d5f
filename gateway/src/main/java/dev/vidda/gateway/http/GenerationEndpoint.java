package dev.vidda.gateway.http;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vidda.gateway.GatewaySettings;
import dev.vidda.gateway.instruct.InstructRequest;
import dev.vidda.gateway.openai.AnswerBody;
import dev.vidda.gateway.openai.ApiError;
import dev.vidda.gateway.openai.ApiException;
import dev.vidda.gateway.openai.Json;
import dev.vidda.gateway.openai.Timings;
import dev.vidda.gateway.security.Permit;
import dev.vidda.gateway.security.Terms;
import dev.vidda.gateway.security.TermsReader;
import dev.vidda.gateway.stream.Generation;
import dev.vidda.gateway.stream.StreamEvent;
import dev.vidda.gateway.stream.TokenHub;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Takes a request from its body to its answer. Everything up to the admission by the scheduler ends in a status code of
 * its own; only then is the head of a stream sent, unless the client asked to see its place in the line.
 */
final class GenerationEndpoint {
    /** The threads that parse, render and tokenize. */
    record Threads(Executor ordinary, Executor large) {}

    private final GatewaySettings settings;
    private final RequestPreparation preparation;
    private final TermsReader termsReader;
    private final Observers observers;
    private final BodyReader bodies;
    private final Threads threads;
    private final ActorRef<TokenHub.Command> hub;

    GenerationEndpoint(
            GatewaySettings settings,
            RequestPreparation preparation,
            Observers observers,
            BodyReader bodies,
            Threads threads,
            ActorRef<TokenHub.Command> hub) {
        this.settings = settings;
        this.preparation = preparation;
        this.termsReader = new TermsReader(settings.security().sharedPrefixes());
        this.observers = observers;
        this.bodies = bodies;
        this.threads = threads;
        this.hub = hub;
    }

    /** @param permit closed by the caller when the response is over */
    CompletionStage<HttpResponse> handle(Exchange exchange, Permit permit, Api api) {
        requireJson(exchange);
        return withBody(exchange, body -> start(exchange, permit, api, body));
    }

    /** Reads the body, and goes on on a thread that may take long. */
    CompletionStage<HttpResponse> withBody(Exchange exchange, Function<byte[], CompletionStage<HttpResponse>> then) {
        return bodies.read(exchange.request()).thenCompose(body -> {
            Executor executor = body.length > settings.largeBody() ? threads.large() : threads.ordinary();
            return CompletableFuture.supplyAsync(() -> then.apply(body), executor)
                    .thenCompose(started -> started);
        });
    }

    /**
     * Runs a chat or text completion for an admin.
     *
     * @param permit in whose name
     * @param body as it would have been posted
     */
    CompletionStage<HttpResponse> warm(Exchange exchange, Permit permit, Api api, byte[] body) {
        return CompletableFuture.supplyAsync(() -> start(exchange, permit, api, body), threads.large())
                .thenCompose(started -> started);
    }

    /** The threads for what a request of ordinary size takes. */
    Executor executor() {
        return threads.ordinary();
    }

    static void requireJson(Exchange exchange) {
        MediaType type = exchange.request().entity().getContentType().mediaType();
        boolean json = type.subType().equals("json") || type.subType().endsWith("+json");
        if (!type.mainType().equals("application") || !json) {
            throw new ApiException(ApiError.http(
                    415,
                    "unsupported_media_type",
                    "The content type must be application/json, but it is " + type.mainType() + "/" + type.subType()
                            + "."));
        }
    }

    private CompletionStage<HttpResponse> start(Exchange exchange, Permit permit, Api api, byte[] body) {
        ObjectNode json = watched(exchange, () -> Json.object(body));
        Terms terms =
                watched(exchange, () -> termsReader.read(permit, exchange::header, json, exchange.arrivedAtMillis()));
        RequestPreparation.Ready ready = watched(exchange, () -> preparation.prepare(api.translated(json), api, terms));
        boolean streaming = ready.request().streaming();
        Generation generation = submit(exchange, permit, ready, streaming && terms.showsQueue());
        Timings timings = ready.request().timings();
        generation.started().thenRun(timings::admitted);
        return streaming
                ? generation
                        .accepted()
                        .thenApply(ignored -> Responses.events(generation.bytes(
                                new AnswerEncoder(api.stream(ready.request(), ready.head(), json), timings),
                                exchange.body(),
                                settings.pingInterval())))
                : whole(generation, api.whole(ready.request(), ready.head(), json), timings);
    }

    RequestPreparation.Ready prepare(Exchange exchange, Permit permit, InstructRequest request) {
        return watched(exchange, () -> {
            Terms terms = termsReader.read(permit, exchange::header, request.fields(), exchange.arrivedAtMillis());
            return preparation.prepare(request, terms);
        });
    }

    /** Who refuses a request before it is submitted is not seen by those who watch it run. */
    private <T> T watched(Exchange exchange, Supplier<T> step) {
        try {
            return step.get();
        } catch (ApiException e) {
            observers.refused(exchange, e.error());
            throw e;
        }
    }

    /** @param showsQueue see {@link Generation.Answer} */
    Generation submit(Exchange exchange, Permit permit, RequestPreparation.Ready ready, boolean showsQueue) {
        permit.prompt(ready.promptTokens());
        Observers.Watched watched = observers.watch(exchange, permit, ready.parts());
        Generation generation = Generation.submit(
                hub,
                watched.parts(),
                new Generation.Answer(settings.streamBuffer() * ready.request().choices(), showsQueue),
                watched.observer());
        exchange.clientGone().thenRun(generation::abandon);
        return generation;
    }

    private CompletionStage<HttpResponse> whole(Generation generation, AnswerBody answer, Timings timings) {
        CompletionStage<Done> end = generation.forEach(
                event -> {
                    switch (event) {
                        case StreamEvent.Tokens tokens -> {
                            timings.tokens();
                            answer.accept(tokens.prompt(), tokens.delta());
                        }
                        case StreamEvent.Queued ignored -> {}
                        case StreamEvent.Failed failed -> throw new ApiException(failed.error());
                    }
                    return !answer.done();
                },
                threads.ordinary());
        return end.thenApply(ignored -> {
            if (!answer.done()) {
                // Only for a client that left: nobody sees it.
                throw new ApiException(ApiError.http(499, "client_closed_request", "The client has left."));
            }
            return Responses.json(200, answer.body());
        });
    }
}
