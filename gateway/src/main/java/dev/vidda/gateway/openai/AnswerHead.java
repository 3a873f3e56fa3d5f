package dev.vidda.gateway.openai;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/**
 * What all chunks of an answer have in common.
 *
 * @param createdEpochSeconds when the request came
 */
public record AnswerHead(String id, long createdEpochSeconds, String model) {
    void write(JsonGenerator out, String object) throws IOException {
        out.writeStringField("id", id);
        out.writeStringField("object", object);
        out.writeNumberField("created", createdEpochSeconds);
        out.writeStringField("model", model);
    }
}
