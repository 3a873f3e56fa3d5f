package dev.vidda.gateway.text;

/**
 * A conversation that the model's chat template does not take: the client's error. The message is fit to be sent to the
 * client; where the template itself refused, by {@code raise_exception}, it is the template's own.
 */
public final class ChatTemplateException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean refused;

    ChatTemplateException(String message, boolean refused, Throwable cause) {
        super(message, cause);
        this.refused = refused;
    }

    ChatTemplateException(String message) {
        super(message);
        this.refused = false;
    }

    /** Whether the template refused the conversation on purpose. */
    public boolean isRefusedByTemplate() {
        return refused;
    }
}
