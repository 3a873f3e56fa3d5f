package dev.vidda.node;

import dev.vidda.gateway.text.ModelText;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** Tokenizers and templates of models, which threads of their own are loading. Thread-safe. */
final class ModelTexts {
    private final Map<String, CompletableFuture<ModelText>> loading = new ConcurrentHashMap<>();

    /** Begins to load what a node with these settings needs. */
    static ModelTexts load(NodeSettings settings) {
        ModelTexts texts = new ModelTexts();
        if (settings.roles().contains(Role.GATEWAY)) {
            settings.models().forEach(texts::begin);
        }
        if (settings.roles().contains(Role.WORKER)) {
            texts.begin(settings.model().name(), settings.model().directory());
        }
        return texts;
    }

    private void begin(String name, Path directory) {
        CompletableFuture<ModelText> text = new CompletableFuture<>();
        if (loading.putIfAbsent(name, text) == null) {
            Thread.ofPlatform().daemon().name("model-text").start(() -> complete(text, directory));
        }
    }

    private static void complete(CompletableFuture<ModelText> text, Path directory) {
        try {
            text.complete(ModelText.load(directory));
        } catch (RuntimeException | LinkageError e) {
            text.completeExceptionally(e);
        }
    }

    /** The text of a model, which begins to load if nobody asked for it before. */
    CompletionStage<ModelText> of(String name, Path directory) {
        begin(name, directory);
        return of(name);
    }

    /** The text of a model that the node needs. */
    CompletionStage<ModelText> of(String name) {
        CompletableFuture<ModelText> text = loading.get(name);
        if (text == null) {
            throw new IllegalArgumentException("nobody loads the text of model " + name);
        }
        return text;
    }
}
