package dev.vidda.gateway.openai;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.vidda.protocol.TokenIds;
import java.io.IOException;
import java.util.List;

/** How an endpoint writes its choices. Every method writes the fields of an object that the caller has begun. */
sealed interface AnswerFormat permits ChatFormat, CompletionFormat {
    /** The {@code object} of a chunk. */
    String chunkObject();

    /** The {@code object} of a whole answer. */
    String wholeObject();

    /** Whether a choice's text goes on from its prompt's. */
    boolean continuation();

    /** Whether a choice's stream begins with a chunk of its own. */
    boolean hasFirstChunk(PreparedRequest.Prompt prompt);

    /** The chunk with which a choice's stream begins. */
    void firstChunk(JsonGenerator out, PreparedRequest.Prompt prompt) throws IOException;

    /** A chunk of a choice. */
    void chunk(JsonGenerator out, int choice, Piece piece) throws IOException;

    /** The chunk with which a choice's stream ends. */
    void lastChunk(JsonGenerator out, Ending ending) throws IOException;

    /** A choice of a whole answer. */
    void whole(JsonGenerator out, int choice, Piece piece, Frame frame) throws IOException;

    /** What stands around a choice's text: its prompt and how it ended. */
    record Frame(PreparedRequest.Prompt prompt, Ending ending) {}

    static void ending(JsonGenerator out, Ending ending) throws IOException {
        out.writeStringField("finish_reason", ending.reason());
        if (ending.stopString() != null) {
            out.writeStringField("stop_reason", ending.stopString());
        } else if (ending.stopToken().isPresent()) {
            out.writeNumberField("stop_reason", ending.stopToken().getAsInt());
        }
    }

    static void ids(JsonGenerator out, String name, List<Integer> ids) throws IOException {
        out.writeArrayFieldStart(name);
        for (int id : ids) {
            out.writeNumber(id);
        }
        out.writeEndArray();
    }

    static void ids(JsonGenerator out, String name, TokenIds ids) throws IOException {
        out.writeFieldName(name);
        int[] array = ids.toArray();
        out.writeArray(array, 0, array.length);
    }
}
