package dev.vidda.gateway.jinja;

/** A template that called {@code raise_exception(message)}: it refuses its input, and {@link #problem} says why. */
public final class TemplateRaisedException extends TemplateRenderException {

    private static final long serialVersionUID = 1L;

    TemplateRaisedException(String message, Source.Position position) {
        super(message, position);
    }
}
