package dev.vidda.gateway.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** The files of a model directory; missing ones are empty, unreadable ones a {@link ModelFileException}. */
record ModelDirectory(Path path) {

    private static final ObjectMapper JSON = new ObjectMapper();

    Path file(String name) {
        return path.resolve(name);
    }

    Optional<String> text(String name) {
        try {
            return Optional.of(Files.readString(file(name)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (MalformedInputException e) {
            throw new ModelFileException(file(name), "is not UTF-8 text", e);
        } catch (IOException e) {
            throw new ModelFileException(file(name), "cannot be read: " + e, e);
        }
    }

    /** A JSON object. */
    Optional<JsonNode> json(String name) {
        return text(name).map(text -> {
            try {
                JsonNode node = JSON.readTree(text);
                if (!node.isObject()) {
                    throw new ModelFileException(file(name), "is not a JSON object");
                }
                return node;
            } catch (JsonProcessingException e) {
                throw new ModelFileException(file(name), "is not JSON: " + e.getOriginalMessage(), e);
            }
        });
    }
}
