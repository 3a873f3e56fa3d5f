package dev.vidda.gateway.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** The small tokenizers that {@code tools/oracle/text_fixtures.py} writes, and what Python makes of them. */
final class Fixtures {

    static final List<String> TOKENIZERS = List.of("byte-level", "sentencepiece", "metaspace");

    private Fixtures() {}

    static Path directory(String name) {
        try {
            return Path.of(Objects.requireNonNull(Fixtures.class.getResource("/text/" + name), name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(name, e);
        }
    }

    static JsonNode golden(String name) {
        try {
            return new ObjectMapper().readTree(Files.readString(directory(name).resolve("golden.json")));
        } catch (IOException e) {
            throw new IllegalStateException(name, e);
        }
    }

    static TokenTable tokens(String name) {
        return TokenizerFile.read(directory(name).resolve("tokenizer.json"));
    }

    static int[] ids(JsonNode array) {
        return array.valueStream().mapToInt(JsonNode::asInt).toArray();
    }
}
