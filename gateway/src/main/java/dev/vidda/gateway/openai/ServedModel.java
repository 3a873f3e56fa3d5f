package dev.vidda.gateway.openai;

import dev.vidda.gateway.text.ModelText;

/**
 * A model as the gateway serves it.
 *
 * @param id the name clients ask for, and workers register under
 * @param text tokenizer, chat template and what the model's authors advise
 * @param createdEpochSeconds when the model was loaded; clients see it as {@code created}
 */
public record ServedModel(String id, ModelText text, long createdEpochSeconds) {
    public ServedModel {
        if (id.isBlank()) {
            throw new IllegalArgumentException("a served model needs an id");
        }
    }
}
