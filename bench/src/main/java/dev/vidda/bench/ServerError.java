package dev.vidda.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * A response with another status than 200.
 *
 * @param kind the status and the error's code or type: what refusals are counted by
 * @param message what it says, on one line; empty if nothing
 */
record ServerError(String kind, String message) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_BYTES = 1 << 16;
    private static final int LONGEST_MESSAGE = 400;

    /** Reads the body, which may be anything: proxies answer with pages. */
    static ServerError read(int status, InputStream body) throws IOException {
        String text = new String(body.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
        try {
            JsonNode root = JSON.readTree(text);
            JsonNode error = root.path("error");
            String code = error.path("code").asText(error.path("type").asText(""));
            return new ServerError(kind(status, code), message(root, text));
        } catch (JsonProcessingException e) {
            return new ServerError(kind(status, "not JSON"), oneLine(text));
        }
    }

    private static String kind(int status, String code) {
        return ("http " + status + " " + (code.equals("null") ? "" : code)).strip();
    }

    /** Where OpenAI has it, or where others do. */
    private static String message(JsonNode root, String text) {
        JsonNode error = root.path("error");
        for (JsonNode place :
                new JsonNode[] {error.path("message"), error, root.path("message"), root.path("detail")}) {
            if (place.isTextual()) {
                return oneLine(place.textValue());
            }
        }
        return error.isObject() ? "" : oneLine(text);
    }

    private static String oneLine(String text) {
        String line = text.replaceAll("\\s+", " ").strip();
        return line.length() <= LONGEST_MESSAGE ? line : line.substring(0, LONGEST_MESSAGE) + "...";
    }
}
