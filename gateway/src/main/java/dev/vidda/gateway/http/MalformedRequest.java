package dev.vidda.gateway.http;

import akka.event.LoggingAdapter;
import akka.http.ParsingErrorHandler;
import akka.http.javadsl.model.HttpResponse;
import akka.http.scaladsl.model.ErrorInfo;
import akka.http.scaladsl.model.StatusCode;
import akka.http.scaladsl.settings.ServerSettings;
import dev.vidda.gateway.openai.ApiError;

/**
 * Answers what HTTP itself does not understand, such as heads that are too long, in the form of all other errors. Akka finds it by
 * name, and takes the object in the field that those of Scala have.
 */
public final class MalformedRequest extends ParsingErrorHandler {
    /** The only one; its name is Scala's. */
    public static final MalformedRequest MODULE$ = new MalformedRequest();

    private static final String CODE = "malformed_request";

    private MalformedRequest() {}

    @Override
    public HttpResponse handle(StatusCode status, ErrorInfo error, LoggingAdapter log, ServerSettings settings) {
        String detail = error.detail().isEmpty() ? "" : ": " + error.detail();
        String message = "The HTTP request cannot be understood: " + error.summary() + detail;
        return Responses.error(ApiError.http(status.intValue(), CODE, message.endsWith(".") ? message : message + "."));
    }
}
