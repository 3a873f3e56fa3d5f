package dev.vidda.gateway.jinja;

/** A template that cannot be compiled or rendered; says what, where and by which piece of the template. */
public abstract sealed class TemplateException extends RuntimeException
        permits TemplateSyntaxException, TemplateRenderException {

    private static final long serialVersionUID = 1L;

    private final String problem;
    private final int line;
    private final int column;

    TemplateException(String problem, Source.Position position) {
        super(problem + " (line " + position.line() + ", column " + position.column() + ": " + position.excerpt()
                + ")");
        this.problem = problem;
        this.line = position.line();
        this.column = position.column();
    }

    /** What is wrong, without the place. */
    public String problem() {
        return problem;
    }

    /** Line in the template, from 1. */
    public int line() {
        return line;
    }

    /** Column in the line, from 1. */
    public int column() {
        return column;
    }
}
