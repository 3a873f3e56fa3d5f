package dev.vidda.gateway.openai;

import dev.vidda.gateway.message.Dialect;
import dev.vidda.gateway.text.ModelText;
import java.util.HashSet;
import java.util.Set;

/**
 * A model as the gateway serves it.
 *
 * @param id the name clients ask for, and workers register under
 * @param text tokenizer, chat template and what the model's authors advise
 * @param createdEpochSeconds when the model was loaded; clients see it as {@code created}
 * @param dialect how it writes tool calls and reasoning
 * @param markers tokens that structure tool calls
 */
public record ServedModel(String id, ModelText text, long createdEpochSeconds, Dialect dialect, Set<Integer> markers) {
    public ServedModel {
        if (id.isBlank()) {
            throw new IllegalArgumentException("a served model needs an id");
        }
        markers = Set.copyOf(markers);
    }

    /** A model whose chat template tells its dialect. */
    public ServedModel(String id, ModelText text, long createdEpochSeconds) {
        this(
                id,
                text,
                createdEpochSeconds,
                text.chatTemplate()
                        .map(template -> Dialect.of(template.source()))
                        .orElse(Dialect.PLAIN));
    }

    /** A model of a known dialect. */
    public ServedModel(String id, ModelText text, long createdEpochSeconds, Dialect dialect) {
        this(id, text, createdEpochSeconds, dialect, markers(text, dialect));
    }

    /** The same model, whose answers are read otherwise. */
    public ServedModel withDialect(Dialect other) {
        return other.equals(dialect) ? this : new ServedModel(id, text, createdEpochSeconds, other);
    }

    private static Set<Integer> markers(ModelText text, Dialect dialect) {
        Set<Integer> ids = new HashSet<>();
        dialect.tools()
                .ifPresent(format -> format.markers()
                        .forEach(
                                marker -> text.tokenizer().tokens().idOf(marker).ifPresent(ids::add)));
        return ids;
    }
}
