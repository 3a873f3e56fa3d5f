package dev.vidda.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One request to send.
 *
 * @param content the {@code messages} of a chat, or the {@code prompt} of a completion (a text or token ids)
 * @param tokens prompt tokens that the server must count, where known
 * @param expected the answer that the reply must end with, where known
 */
public record Prompt(Endpoint endpoint, JsonNode content, OptionalInt tokens, Optional<String> expected) {}
