package dev.vidda.gateway.jinja;

/** A template that is malformed or uses something that is not supported; thrown by {@link Template#compile}. */
public final class TemplateSyntaxException extends TemplateException {

    private static final long serialVersionUID = 1L;

    TemplateSyntaxException(String problem, Source.Position position) {
        super(problem, position);
    }
}
