package dev.vidda.gateway.schema;

/** A schema cannot be used; the message names the place and the keyword. */
public final class SchemaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SchemaException(String message) {
        super(message);
    }
}
