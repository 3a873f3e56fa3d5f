package dev.vidda.gateway.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads from a {@code tokenizer.json} what decoding needs: vocabulary, added tokens, decoder. The merges, most of such a
 * file, are skipped while reading.
 */
final class TokenizerFile {

    private static final int MOST_TOKENS = 1 << 22;

    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build());

    private final Path file;
    private final ArrayList<@Nullable String> texts = new ArrayList<>();
    private final BitSet special = new BitSet();
    private @Nullable JsonNode decoder;

    private TokenizerFile(Path file) {
        this.file = file;
    }

    /**
     * @throws ModelFileException when the file is missing, is not JSON, or holds a vocabulary or decoder that cannot be
     *     decoded faithfully
     */
    static TokenTable read(Path file) {
        TokenizerFile reader = new TokenizerFile(file);
        try (JsonParser parser = JSON.createParser(Files.newInputStream(file))) {
            reader.readRoot(parser);
        } catch (NoSuchFileException e) {
            throw new ModelFileException(file, "no such file; a model directory needs its tokenizer.json", e);
        } catch (JsonProcessingException e) {
            throw new ModelFileException(file, "not a JSON file, or cut short: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new ModelFileException(file, "cannot be read: " + e.getMessage(), e);
        }
        if (reader.texts.isEmpty()) {
            throw new ModelFileException(file, "has no vocabulary under model.vocab");
        }
        PieceDecoder decoder = new DecoderSection(file).parse(reader.decoder);
        return new TokenTable(reader.texts.toArray(new @Nullable String[0]), reader.special, decoder);
    }

    private void readRoot(JsonParser parser) throws IOException {
        expect(parser.nextToken() == JsonToken.START_OBJECT, "is not a JSON object");
        JsonNode added = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            parser.nextToken();
            switch (field) {
                case "added_tokens" -> added = parser.readValueAsTree();
                case "decoder" -> decoder = parser.readValueAsTree();
                case "model" -> readModel(parser);
                default -> parser.skipChildren();
            }
        }
        if (added != null) {
            for (JsonNode token : added) {
                put(token.path("id").asInt(-1), token.path("content").asText());
                special.set(token.path("id").asInt(), token.path("special").asBoolean());
            }
        }
    }

    private void readModel(JsonParser parser) throws IOException {
        expect(parser.currentToken() == JsonToken.START_OBJECT, "model is not a JSON object");
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            JsonToken value = parser.nextToken();
            if (field.equals("vocab") && value == JsonToken.START_OBJECT) {
                readVocabulary(parser);
            } else if (field.equals("vocab") && value == JsonToken.START_ARRAY) {
                readScoredVocabulary(parser);
            } else {
                parser.skipChildren();
            }
        }
    }

    private void readVocabulary(JsonParser parser) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String text = parser.currentName();
            expect(parser.nextToken() == JsonToken.VALUE_NUMBER_INT, "model.vocab maps \"" + text + "\" to no id");
            put(parser.getIntValue(), text);
        }
    }

    /** A unigram vocabulary: a list of [text, score], the place in the list being the id. */
    private void readScoredVocabulary(JsonParser parser) throws IOException {
        for (int id = 0; parser.nextToken() == JsonToken.START_ARRAY; id++) {
            expect(parser.nextToken() == JsonToken.VALUE_STRING, "model.vocab entry " + id + " has no text");
            put(id, parser.getText());
            expect(parser.nextToken().isNumeric(), "model.vocab entry " + id + " has no score");
            expect(parser.nextToken() == JsonToken.END_ARRAY, "model.vocab entry " + id + " is not a pair");
        }
    }

    private void put(int id, String text) {
        expect(
                id >= 0 && id < MOST_TOKENS,
                "token \"" + text + "\" has id " + id + "; ids go from 0 to " + MOST_TOKENS);
        while (texts.size() <= id) {
            texts.add(null);
        }
        texts.set(id, text);
    }

    private void expect(boolean condition, String fault) {
        if (!condition) {
            throw new ModelFileException(file, fault);
        }
    }
}
