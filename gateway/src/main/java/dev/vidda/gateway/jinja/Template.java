package dev.vidda.gateway.jinja;

import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A compiled template. Immutable; any number of threads may render it at once.
 *
 * <p>Renders what jinja2 renders in an {@code ImmutableSandboxedEnvironment} with {@code trim_blocks} and
 * {@code lstrip_blocks}, with the functions and the {@code tojson} of {@code transformers}.
 */
public final class Template {

    private static final int MOST_CHARACTERS = 1 << 20;

    private final Source source;
    private final List<Statement> body;
    private final Map<List<Statement>, Set<String>> unset;

    private Template(Source source, List<Statement> body) {
        this.source = source;
        this.body = body;
        this.unset = FrameAnalysis.of(body);
    }

    /**
     * @throws TemplateSyntaxException when the text is malformed or uses syntax, filters, tests or methods that are not
     *     supported
     */
    public static Template compile(String text) {
        Source source = Source.of(text);
        if (text.length() > MOST_CHARACTERS) {
            throw source.error(
                    "a template of " + text.length() + " characters is too long, the limit is " + MOST_CHARACTERS, 0);
        }
        return new Template(source, Parser.parse(source));
    }

    /**
     * Renders with {@link Limits#DEFAULT}.
     *
     * @param variables strings, booleans, numbers, nulls, lists and maps of them
     * @param now what {@code strftime_now} tells
     * @throws TemplateRaisedException when the template calls {@code raise_exception}
     * @throws TemplateRenderException when it fails otherwise
     */
    public String render(Map<String, ? extends @Nullable Object> variables, LocalDateTime now) {
        return render(variables, now, Limits.DEFAULT);
    }

    /** Like {@link #render(Map, LocalDateTime)} with limits of one's own. */
    public String render(Map<String, ? extends @Nullable Object> variables, LocalDateTime now, Limits limits) {
        Scope globals = new Scope(null);
        Globals.define(globals, now);
        variables.forEach((name, value) -> globals.set(name, Values.of(value)));
        Interpreter interpreter = new Interpreter(limits, unset);
        try {
            return interpreter.render(body, globals);
        } catch (Failure failure) {
            Source.Position position = source.position(interpreter.at());
            throw failure.isRaised()
                    ? new TemplateRaisedException(failure.problem(), position)
                    : new TemplateRenderException(failure.problem(), position);
        }
    }
}
