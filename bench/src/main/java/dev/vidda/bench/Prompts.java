package dev.vidda.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Where prompts come from. */
public final class Prompts {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Prompts() {}

    /**
     * Reads one JSON object a line: {@code messages} makes a chat, {@code prompt} (text or token ids) a completion.
     *
     * @param expectField names the field with the expected answer
     * @throws IllegalArgumentException naming the line that is none of these, or a file without prompts
     */
    public static List<Prompt> read(Path file, Optional<String> expectField) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IllegalArgumentException(file + " is a folder, not a file of prompts");
        }
        List<Prompt> prompts = new ArrayList<>();
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                prompts.add(parse(lines.get(i), expectField, file + ", line " + (i + 1)));
            }
        }
        if (prompts.isEmpty()) {
            throw new IllegalArgumentException(file + " has no prompts");
        }
        return prompts;
    }

    private static Prompt parse(String line, Optional<String> expectField, String where) {
        JsonNode object;
        try {
            object = JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(where + " is not JSON: " + e.getOriginalMessage(), e);
        }
        Optional<String> expected = expectField.map(field -> {
            if (!object.path(field).isTextual()) {
                throw new IllegalArgumentException(where + " has no text in the field " + field);
            }
            return object.path(field).textValue();
        });
        if (object.path("messages").isArray()) {
            return new Prompt(Endpoint.CHAT, object.path("messages"), OptionalInt.empty(), expected);
        }
        JsonNode prompt = object.path("prompt");
        if (prompt.isTextual()) {
            return new Prompt(Endpoint.COMPLETIONS, prompt, OptionalInt.empty(), expected);
        }
        if (prompt.isArray()) {
            return new Prompt(Endpoint.COMPLETIONS, prompt, OptionalInt.of(prompt.size()), expected);
        }
        throw new IllegalArgumentException(where + " has neither messages nor a prompt");
    }
}
