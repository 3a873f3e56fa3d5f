package dev.vidda.gateway.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * What a client is told when its request fails: an HTTP status and OpenAI's error object.
 *
 * @param type OpenAI's class of error, such as {@code invalid_request_error}
 * @param param path of the request field at fault, or null
 * @param code what programs look at, such as {@code context_length_exceeded}, or null
 * @param retryAfterSeconds when to come back, or -1 when that would not help
 */
public record ApiError(
        int status,
        String message,
        String type,
        @Nullable String param,
        @Nullable String code,
        long retryAfterSeconds) {

    private static final String INVALID_REQUEST = "invalid_request_error";
    private static final String SERVER = "server_error";
    private static final int MAX_LENGTH = 2000;

    /** Messages quote what the client sent, so both texts are cut and made whole Unicode. */
    public ApiError {
        message = presentable(message);
        param = param == null ? null : presentable(param);
    }

    /** A field is wrong. */
    public static ApiError invalid(@Nullable String param, String message) {
        return new ApiError(400, message, INVALID_REQUEST, param, null, -1);
    }

    /** A field that would change the result is not supported. */
    public static ApiError unsupported(String param, String message) {
        return new ApiError(400, message, INVALID_REQUEST, param, "unsupported_parameter", -1);
    }

    /** The prompt leaves no room for a single new token. */
    public static ApiError contextLength(@Nullable String param, String message) {
        return new ApiError(400, message, INVALID_REQUEST, param, "context_length_exceeded", -1);
    }

    /** A wrong path, method, content type or size: the request never reached an endpoint's own checks. */
    public static ApiError http(int status, @Nullable String code, String message) {
        return new ApiError(status, message, INVALID_REQUEST, null, code, -1);
    }

    /** @param served the models that there are */
    public static ApiError modelNotFound(String model, Collection<String> served) {
        String known = served.isEmpty() ? "" : " Served here: " + String.join(", ", served) + ".";
        String message = "The model '" + model + "' does not exist." + known;
        return new ApiError(404, message, INVALID_REQUEST, "model", "model_not_found", -1);
    }

    /** The waiting line is full. */
    public static ApiError queueFull(String message, long retryAfterSeconds) {
        return new ApiError(429, message, "rate_limit_error", null, "queue_full", retryAfterSeconds);
    }

    /** Nothing can serve the request at the moment. */
    public static ApiError unavailable(String code, String message, long retryAfterSeconds) {
        return new ApiError(503, message, SERVER, null, code, retryAfterSeconds);
    }

    /** The engine failed, or tokens were lost on the way. */
    public static ApiError engine(String code, String message) {
        return new ApiError(500, message, SERVER, null, code, -1);
    }

    /** A fault of the server itself; the request id leads to the log entry. */
    public static ApiError internal(String requestId) {
        return new ApiError(
                500, "The server failed to handle the request (" + requestId + ").", SERVER, null, "internal", -1);
    }

    /** {@code {"error": {"message", "type", "param", "code"}}}, all four keys always present. */
    public ObjectNode json() {
        ObjectNode root = Json.MAPPER.createObjectNode();
        root.putObject("error")
                .put("message", message)
                .put("type", type)
                .put("param", param)
                .put("code", code);
        return root;
    }

    private static String presentable(String text) {
        String cut = text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "...";
        StringBuilder whole = new StringBuilder(cut.length());
        cut.codePoints()
                .forEach(c -> whole.appendCodePoint(
                        c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c));
        return whole.toString();
    }
}
