package dev.vidda.gateway.openai;

/** Ends the handling of a request with an {@link ApiError}: an expected outcome, so without a stack trace. */
public final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient ApiError error;

    public ApiException(ApiError error) {
        super(error.message(), null, false, false);
        this.error = error;
    }

    public ApiError error() {
        return error;
    }
}
