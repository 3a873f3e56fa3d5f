package dev.vidda.gateway.http;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpCharsets;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.RawHeader;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import dev.vidda.gateway.openai.ApiError;
import dev.vidda.gateway.openai.Json;
import java.util.List;
import java.util.Map;

/** The kinds of responses there are. */
final class Responses {
    private static final int UNAUTHORIZED = 401;

    private static final ContentType EVENT_STREAM = MediaTypes.customWithOpenCharset(
                    "text", "event-stream", Map.of(), false)
            .toContentType(HttpCharsets.custom("utf-8"));

    private static final List<HttpHeader> STREAM_HEADERS =
            List.of(RawHeader.create("Cache-Control", "no-cache"), RawHeader.create("X-Accel-Buffering", "no"));

    private Responses() {}

    static HttpResponse json(int status, JsonNode body) {
        return json(status, Json.bytes(body));
    }

    static HttpResponse json(int status, byte[] body) {
        return HttpResponse.create()
                .withStatus(StatusCodes.get(status))
                .withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, ByteString.fromArrayUnsafe(body)));
    }

    static HttpResponse error(ApiError error) {
        return error(error, error.json());
    }

    /** @param body the error in the API's own form */
    static HttpResponse error(ApiError error, JsonNode body) {
        HttpResponse response = json(error.status(), body);
        if (error.status() == UNAUTHORIZED) {
            return response.addHeader(RawHeader.create("WWW-Authenticate", "Bearer"));
        }
        return error.retryAfterSeconds() < 0
                ? response
                : response.addHeader(RawHeader.create("Retry-After", Long.toString(error.retryAfterSeconds())));
    }

    /** Server-sent events, already framed. */
    static HttpResponse events(Source<ByteString, ?> events) {
        return HttpResponse.create()
                .withEntity(HttpEntities.createChunked(EVENT_STREAM, events))
                .addHeaders(STREAM_HEADERS);
    }
}
