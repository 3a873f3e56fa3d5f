package dev.vidda.gateway.text;

/**
 * A conversation that the model's chat template does not take: the client's error. The message is fit to be sent to the
 * client; where the template itself refused, by {@code raise_exception}, it is the template's own.
 */
public final class ChatTemplateException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ChatTemplateException(String message, Throwable cause) {
        super(message, cause);
    }

    ChatTemplateException(String message) {
        super(message);
    }
}
