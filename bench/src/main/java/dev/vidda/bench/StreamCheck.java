package dev.vidda.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Follows the events of one stream and says whether it is whole: the role first in a chat, one id and one creation time,
 * one finish reason and nothing generated after it, a usage that counts exactly the tokens that came, {@code [DONE]} last.
 *
 * <p>The tokens are counted where the server sends {@code token_ids}; else the usage is believed.
 */
final class StreamCheck {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DONE = "[DONE]";

    private final Prompt prompt;
    private final StringBuilder text = new StringBuilder();
    private final List<Outcome.Chunk> chunks = new ArrayList<>();
    private String flaw = "";
    private String errorMessage = "";
    private String identity = "";
    private String finishReason = "";
    private JsonNode usage = JSON.nullNode();
    private boolean roleSeen;
    private boolean idsSeen;
    private boolean done;
    private int tokens;
    private long lastNanos;

    StreamCheck(Prompt prompt) {
        this.prompt = prompt;
    }

    /** Takes the {@code data} of the next event, which came at {@code nanos}. */
    void event(String data, long nanos) {
        if (done) {
            note("an event after [DONE]");
        } else if (data.equals(DONE)) {
            done = true;
        } else {
            chunk(data, nanos);
        }
    }

    /** The first thing that is wrong with the stream, now that it has ended; empty when it is whole. */
    Optional<String> flawAtEnd() {
        if (!done) {
            note(chunks.isEmpty() && finishReason.isEmpty() ? "ended before any token" : "ended without [DONE]");
        }
        if (finishReason.isEmpty()) {
            note("no finish reason");
        }
        if (!usage.isObject()) {
            note("no usage");
        } else {
            checkUsage();
        }
        return flaw.isEmpty() ? Optional.empty() : Optional.of(flaw);
    }

    /** What went wrong so far, or empty. */
    String flaw() {
        return flaw;
    }

    /** What the server said in its first error event; empty if there was none. */
    String errorMessage() {
        return errorMessage;
    }

    boolean isDone() {
        return done;
    }

    /** All text so far. */
    String text() {
        return text.toString();
    }

    /** Generated tokens so far: as counted, or as the usage says. */
    int outputTokens() {
        return idsSeen ? tokens : usage.path("completion_tokens").asInt(chunks.size());
    }

    int promptTokens() {
        return usage.path("prompt_tokens").asInt(prompt.tokens().orElse(0));
    }

    /** How often generated tokens came so far. */
    int arrivals() {
        return chunks.size();
    }

    /** Tokens of the latest arrival. */
    int lastTokens() {
        return chunks.isEmpty() ? 0 : chunks.getLast().tokens();
    }

    /** Arrivals of generated tokens, in order. */
    List<Outcome.Chunk> chunks() {
        return List.copyOf(chunks);
    }

    /** When the last token or the finish reason came. */
    long lastNanos() {
        return lastNanos;
    }

    private void chunk(String data, long nanos) {
        JsonNode event;
        try {
            event = JSON.readTree(data);
        } catch (JsonProcessingException e) {
            note("an event that is not JSON");
            return;
        }
        JsonNode error = event.path("error");
        if (!error.isMissingNode() && !error.isNull()) {
            String code = error.path("code").asText(error.path("type").asText(""));
            note(("error event " + (code.equals("null") ? "" : code)).strip());
            if (errorMessage.isEmpty()) {
                errorMessage = error.path("message").asText(error.toString()).replaceAll("\\s+", " ");
            }
            return;
        }
        String own = event.path("id").asText() + " " + event.path("created").asText();
        if (identity.isEmpty()) {
            identity = own;
        } else if (!identity.equals(own)) {
            note("id or created changed within the stream");
        }
        if (event.path("usage").isObject()) {
            usage = event.path("usage");
        }
        for (JsonNode choice : event.path("choices")) {
            choice(choice, nanos);
        }
    }

    private void choice(JsonNode choice, long nanos) {
        JsonNode content = choice.path("text");
        if (prompt.endpoint() == Endpoint.CHAT) {
            checkRole(choice.path("delta").path("role"));
            content = choice.path("delta").path("content");
        }
        JsonNode ids = choice.path("token_ids");
        idsSeen |= ids.isArray();
        boolean generated = !content.asText("").isEmpty() && !content.isNull() || !ids.isEmpty();
        if (generated) {
            if (!finishReason.isEmpty()) {
                note("tokens after the finish reason");
            }
            text.append(content.isTextual() ? content.textValue() : "");
            tokens += ids.size();
            chunks.add(new Outcome.Chunk(nanos, ids.isArray() ? ids.size() : 1));
            lastNanos = nanos;
        }
        if (choice.path("finish_reason").isTextual()) {
            if (!finishReason.isEmpty()) {
                note("two finish reasons");
            }
            finishReason = choice.path("finish_reason").textValue();
            lastNanos = nanos;
        }
    }

    private void checkRole(JsonNode role) {
        if (!roleSeen && !role.asText().equals("assistant")) {
            note("the first chunk has no role");
        } else if (roleSeen && role.isTextual()) {
            note("a role after the first chunk");
        }
        roleSeen = true;
    }

    private void checkUsage() {
        int completion = usage.path("completion_tokens").asInt(-1);
        int sent = usage.path("prompt_tokens").asInt(-1);
        if (idsSeen && completion != tokens) {
            note("usage says %d completion tokens, %d came".formatted(completion, tokens));
        }
        if (prompt.tokens().isPresent() && sent != prompt.tokens().getAsInt()) {
            note("usage says %d prompt tokens, %d were sent"
                    .formatted(sent, prompt.tokens().getAsInt()));
        }
        if (usage.path("total_tokens").asInt(-1) != completion + sent) {
            note("usage says %s total tokens for %d + %d".formatted(usage.path("total_tokens"), sent, completion));
        }
    }

    private void note(String what) {
        if (flaw.isEmpty()) {
            flaw = what;
        }
    }
}
