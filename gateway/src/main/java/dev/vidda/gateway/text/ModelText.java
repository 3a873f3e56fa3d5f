package dev.vidda.gateway.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * All that a gateway knows of a model: how to make tokens of text and text of tokens, and what its authors advise.
 * Safe for many threads.
 *
 * @param tokenizer closed by {@link #close}
 * @param chatTemplate empty for a model that only completes text
 * @param bosId the token at the beginning of every text, if the model has one
 * @param eosIds the tokens that end an answer
 * @param defaults advice for sampling
 * @param maxPositions the longest text in tokens, prompt and answer together, as {@code config.json} says
 */
public record ModelText(
        Tokenizer tokenizer,
        Optional<ChatTemplate> chatTemplate,
        OptionalInt bosId,
        Set<Integer> eosIds,
        GenerationDefaults defaults,
        OptionalInt maxPositions)
        implements AutoCloseable {

    public ModelText {
        eosIds = Set.copyOf(eosIds);
    }

    /**
     * Reads {@code tokenizer.json} and, where they are, {@code tokenizer_config.json}, {@code chat_template.jinja},
     * {@code generation_config.json} and {@code config.json}. An answer ends at the tokenizer's {@code eos_token} and at
     * the ids under {@code eos_token_id} of {@code generation_config.json}, or else of {@code config.json}.
     *
     * @throws ModelFileException when a file is missing, corrupt, or needs what is not supported; it names the file
     */
    public static ModelText load(Path modelDirectory) {
        ModelDirectory directory = new ModelDirectory(modelDirectory);
        JsonNode config = directory.json("config.json").orElse(MissingNode.getInstance());
        JsonNode generation = directory.json("generation_config.json").orElse(MissingNode.getInstance());
        JsonNode tokenizerConfig = directory.json("tokenizer_config.json").orElse(MissingNode.getInstance());
        GenerationDefaults defaults = defaults(directory.file("generation_config.json"), generation);
        JsonNode text = config.has("text_config") ? config.path("text_config") : config;
        Optional<ChatTemplate> template = ChatTemplate.load(modelDirectory);
        Tokenizer tokenizer = NativeTokenizer.load(modelDirectory);

        Set<Integer> eosIds = new LinkedHashSet<>();
        tokenId(tokenizer, tokenizerConfig.path("eos_token")).ifPresent(eosIds::add);
        eosIds.addAll(ids(directory.file("generation_config.json"), generation));
        if (!generation.has("eos_token_id")) {
            eosIds.addAll(ids(directory.file("config.json"), text));
        }
        OptionalInt bosId = tokenId(tokenizer, tokenizerConfig.path("bos_token"));
        JsonNode positions = text.path("max_position_embeddings");
        return new ModelText(
                tokenizer,
                template,
                bosId,
                eosIds,
                defaults,
                positions.canConvertToInt() ? OptionalInt.of(positions.asInt()) : OptionalInt.empty());
    }

    private static GenerationDefaults defaults(Path file, JsonNode generationConfig) {
        try {
            return generationConfig.isMissingNode() ? GenerationDefaults.NONE : GenerationDefaults.of(generationConfig);
        } catch (IllegalArgumentException e) {
            throw new ModelFileException(file, String.valueOf(e.getMessage()), e);
        }
    }

    private static OptionalInt tokenId(Tokenizer tokenizer, JsonNode token) {
        JsonNode content = token.isObject() ? token.path("content") : token;
        return content.isTextual() ? tokenizer.tokens().idOf(content.asText()) : OptionalInt.empty();
    }

    private static List<Integer> ids(Path file, JsonNode config) {
        JsonNode ids = config.path("eos_token_id");
        if (ids.isMissingNode() || ids.isNull()) {
            return List.of();
        }
        List<JsonNode> nodes = ids.isArray() ? ids.valueStream().toList() : List.of(ids);
        for (JsonNode node : nodes) {
            if (!node.canConvertToInt() || !node.isIntegralNumber()) {
                throw new ModelFileException(file, "eos_token_id is " + ids + ", not an id or a list of ids");
            }
        }
        return nodes.stream().map(JsonNode::asInt).toList();
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
