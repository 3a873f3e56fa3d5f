package dev.vidda.gateway.jinja;

/** A template that fails on the values it is given, or exceeds a limit. */
public sealed class TemplateRenderException extends TemplateException permits TemplateRaisedException {

    private static final long serialVersionUID = 1L;

    TemplateRenderException(String problem, Source.Position position) {
        super(problem, position);
    }
}
