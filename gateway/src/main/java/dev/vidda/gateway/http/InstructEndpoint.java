package dev.vidda.gateway.http;

import akka.Done;
import akka.NotUsed;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.headers.RawHeader;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import dev.vidda.gateway.instruct.InstructAnswer;
import dev.vidda.gateway.instruct.InstructRequest;
import dev.vidda.gateway.openai.ApiException;
import dev.vidda.gateway.openai.RequestLimits;
import dev.vidda.gateway.security.Permit;
import dev.vidda.gateway.stream.Generation;
import dev.vidda.gateway.stream.StreamEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** The lean endpoint: text in, text out; or frames of several texts. */
final class InstructEndpoint {
    /** The media type of {@link dev.vidda.gateway.instruct.Frames}. */
    private static final String FRAMES = "application/x-vidda-frames";

    private static final String TRAILER = "X-Finish-Reason, X-Prompt-Tokens, X-Cached-Tokens, X-Completion-Tokens";

    private final GenerationEndpoint generation;
    private final RequestLimits limits;

    InstructEndpoint(GenerationEndpoint generation, RequestLimits limits) {
        this.generation = generation;
        this.limits = limits;
    }

    /** @param permit closed by the caller when the response is over */
    CompletionStage<HttpResponse> handle(Exchange exchange, Permit permit) {
        boolean framed = exchange.request()
                .entity()
                .getContentType()
                .mediaType()
                .toString()
                .equals(FRAMES);
        List<Map.Entry<String, String>> query = exchange.request().getUri().query().toList().stream()
                .map(pair -> Map.entry(pair.first(), pair.second()))
                .toList();
        return generation.withBody(exchange, body -> {
            InstructRequest request = InstructRequest.read(query, body, framed, limits.prompts());
            RequestPreparation.Ready ready = generation.prepare(exchange, permit, request);
            InstructAnswer answer = new InstructAnswer(ready.request(), framed);
            Generation running = generation.submit(exchange, permit, ready, false);
            if (!request.stream() && !framed) {
                return whole(running, answer);
            }
            Source<ByteString, NotUsed> bytes =
                    running.bytes(new AnswerEncoder(answer, ready.request().timings()), exchange.body(), Duration.ZERO);
            return running.accepted().thenApply(ignored -> streamed(bytes, answer, framed));
        });
    }

    /** Plain text cannot tell of an error, so its connection is cut off. */
    private static HttpResponse streamed(Source<ByteString, NotUsed> bytes, InstructAnswer answer, boolean framed) {
        if (framed) {
            return HttpResponse.create()
                    .withEntity(HttpEntities.createChunked(
                            MediaTypes.applicationBinary("x-vidda-frames", false)
                                    .toContentType(),
                            bytes));
        }
        return HttpResponse.create()
                .withEntity(TrailedEntity.of(ContentTypes.TEXT_PLAIN_UTF8, bytes, () -> {
                    answer.failure().ifPresent(error -> {
                        throw new ApiException(error);
                    });
                    return answer.summary();
                }))
                .addHeader(RawHeader.create("Trailer", TRAILER));
    }

    private CompletionStage<HttpResponse> whole(Generation running, InstructAnswer answer) {
        CompletionStage<Done> end = running.forEach(
                event -> {
                    switch (event) {
                        case StreamEvent.Tokens tokens -> answer.accept(tokens.prompt(), tokens.delta());
                        case StreamEvent.Queued ignored -> {}
                        case StreamEvent.Failed failed -> answer.fail(failed.error());
                    }
                    return !answer.done();
                },
                generation.executor());
        return end.thenApply(ignored -> {
            answer.failure().ifPresent(error -> {
                throw new ApiException(error);
            });
            HttpResponse response = HttpResponse.create()
                    .withEntity(HttpEntities.create(
                            ContentTypes.TEXT_PLAIN_UTF8, ByteString.fromArrayUnsafe(answer.take())));
            return response.addHeaders(answer.summary().stream()
                    .map(header -> (HttpHeader) RawHeader.create(header.getKey(), header.getValue()))
                    .toList());
        });
    }
}
