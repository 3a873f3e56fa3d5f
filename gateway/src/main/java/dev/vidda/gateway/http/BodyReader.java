package dev.vidda.gateway.http;

import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.RequestEntity;
import akka.stream.Materializer;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import dev.vidda.gateway.openai.ApiError;
import dev.vidda.gateway.openai.ApiException;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;

/**
 * Reads request bodies up to a limit. What is too long is still read from the connection, within the time limit, and
 * dropped: a client that is cut off while it sends never sees its answer.
 */
final class BodyReader {
    private final int maxBytes;
    private final Duration timeout;
    private final Materializer materializer;

    BodyReader(int maxBytes, Duration timeout, Materializer materializer) {
        this.maxBytes = maxBytes;
        this.timeout = timeout;
        this.materializer = materializer;
    }

    /** The body, or an {@link ApiException} with 408, 413 or 415. */
    CompletionStage<byte[]> read(HttpRequest request) {
        Optional<String> encoding = request.getHeader("Content-Encoding")
                .map(HttpHeader::value)
                .filter(value -> !value.equalsIgnoreCase("identity"));
        if (encoding.isPresent()) {
            discard(request);
            return CompletableFuture.failedStage(new ApiException(ApiError.http(
                    415,
                    "unsupported_media_type",
                    "The request body must not be compressed, but its content encoding is '" + encoding.get() + "'.")));
        }
        RequestEntity entity = request.entity();
        OptionalLong length = entity.getContentLengthOption();
        if (length.isPresent() && length.getAsLong() > maxBytes) {
            discard(request);
            return CompletableFuture.failedStage(tooLarge("has " + length.getAsLong() + " bytes"));
        }
        if (entity instanceof HttpEntity.Strict strict) {
            // It has come with the head, as small ones do.
            return CompletableFuture.completedStage(strict.getData().toArrayUnsafe());
        }
        Body body = new Body();
        return bytes(entity)
                .runWith(Sink.foreach(body::add), materializer)
                .thenApply(ignored -> body.bytes())
                .exceptionally(failure -> {
                    throw explained(failure);
                });
    }

    /** Reads a body that nobody needs. */
    void discard(HttpRequest request) {
        if (!request.entity().isStrict()) {
            bytes(request.entity()).runWith(Sink.ignore(), materializer);
        }
    }

    private Source<ByteString, ?> bytes(RequestEntity entity) {
        return entity.withoutSizeLimit().getDataBytes().completionTimeout(timeout);
    }

    private RuntimeException explained(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof ApiException expected) {
            return expected;
        }
        if (cause instanceof TimeoutException) {
            return new ApiException(ApiError.http(
                    408, "request_timeout", "The request body did not arrive within " + timeout.toSeconds() + " s."));
        }
        return new ApiException(ApiError.invalid(null, "The request body could not be read."));
    }

    private ApiException tooLarge(String found) {
        return new ApiException(ApiError.http(
                413,
                "request_too_large",
                "The request body may have at most " + maxBytes + " bytes, but it " + found + "."));
    }

    /** What has arrived; kept only as long as it may be short enough. */
    private final class Body {
        private ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private long length;

        private void add(ByteString part) {
            length += part.size();
            if (length <= maxBytes) {
                kept.writeBytes(part.toArrayUnsafe());
            } else {
                kept = new ByteArrayOutputStream(0);
            }
        }

        private byte[] bytes() {
            if (length > maxBytes) {
                throw tooLarge("has " + length);
            }
            return kept.toByteArray();
        }
    }
}
