package dev.vidda.gateway.openai;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/**
 * What all chunks of an answer have in common.
 *
 * @param createdEpochSeconds when the request came
 */
public record AnswerHead(String id, long createdEpochSeconds, String model) {
    /** The id of a tool call: as unique as the answer's own, and the same wherever it is written. */
    public String callId(int choice, int call) {
        String unique = id.substring(id.indexOf('-') + 1);
        return "call_" + unique.substring(0, Math.min(24, unique.length())) + "_" + choice + "_" + call;
    }

    void write(JsonGenerator out, String object) throws IOException {
        out.writeStringField("id", id);
        out.writeStringField("object", object);
        out.writeNumberField("created", createdEpochSeconds);
        out.writeStringField("model", model);
    }
}
