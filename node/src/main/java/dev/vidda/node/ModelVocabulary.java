package dev.vidda.node;

import dev.vidda.gateway.message.ToolFormat;
import dev.vidda.gateway.text.ModelText;
import dev.vidda.gateway.text.TokenTable;
import dev.vidda.worker.constraint.Vocabulary;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A model's tokens for a worker that keeps its output within grammars. Special tokens have no text, but for those that
 * structure tool calls: a grammar may ask for them.
 */
final class ModelVocabulary implements Vocabulary {
    private static final Set<String> MARKERS = Arrays.stream(ToolFormat.values())
            .flatMap(format -> format.markers().stream())
            .collect(Collectors.toUnmodifiableSet());
    private static final byte[] NOTHING = {};

    private final TokenTable tokens;

    ModelVocabulary(ModelText text) {
        tokens = text.tokenizer().tokens();
    }

    @Override
    public int size() {
        return tokens.size();
    }

    @Override
    public byte[] bytes(int id) {
        return tokens.isSpecial(id) && !MARKERS.contains(tokens.vocabularyText(id)) ? NOTHING : tokens.bytes(id);
    }
}
