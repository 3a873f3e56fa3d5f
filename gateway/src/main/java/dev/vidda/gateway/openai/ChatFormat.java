package dev.vidda.gateway.openai;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.vidda.gateway.message.MessageDelta;
import dev.vidda.gateway.openai.PreparedRequest.Prompt;
import java.io.IOException;

/** Choices of {@code /v1/chat/completions}. */
final class ChatFormat implements AnswerFormat {
    private final AnswerHead head;
    private final OutputOptions output;
    private final LogprobsJson logprobs;

    ChatFormat(PreparedRequest request, AnswerHead head) {
        this.head = head;
        this.output = request.output();
        this.logprobs = new LogprobsJson(request.model().text().tokenizer().tokens(), output.topLogprobs());
    }

    @Override
    public String chunkObject() {
        return "chat.completion.chunk";
    }

    @Override
    public String wholeObject() {
        return "chat.completion";
    }

    @Override
    public boolean continuation() {
        return false;
    }

    @Override
    public boolean hasFirstChunk(Prompt prompt) {
        return true;
    }

    @Override
    public void firstChunk(JsonGenerator out, Prompt prompt) throws IOException {
        out.writeObjectFieldStart("delta");
        out.writeStringField("role", "assistant");
        out.writeStringField("content", "");
        out.writeEndObject();
        out.writeNullField("logprobs");
        out.writeNullField("finish_reason");
    }

    @Override
    public void chunk(JsonGenerator out, int choice, Piece piece) throws IOException {
        out.writeObjectFieldStart("delta");
        MessageDelta delta = piece.message();
        if (!delta.reasoning().isEmpty()) {
            out.writeStringField("reasoning_content", delta.reasoning());
        }
        if (!delta.content().isEmpty()
                || (delta.reasoning().isEmpty() && delta.calls().isEmpty())) {
            out.writeStringField("content", delta.content());
        }
        if (!delta.calls().isEmpty()) {
            ToolCallsJson.deltas(out, head, choice, delta.calls());
        }
        out.writeEndObject();
        logprobs(out, piece);
        out.writeNullField("finish_reason");
        if (output.tokenIds()) {
            AnswerFormat.ids(out, "token_ids", piece.tokens());
        }
    }

    @Override
    public void lastChunk(JsonGenerator out, Ending ending) throws IOException {
        out.writeObjectFieldStart("delta");
        out.writeEndObject();
        out.writeNullField("logprobs");
        AnswerFormat.ending(out, ending);
    }

    @Override
    public void whole(JsonGenerator out, int choice, Piece piece, Frame frame) throws IOException {
        out.writeObjectFieldStart("message");
        out.writeStringField("role", "assistant");
        MessageDelta message = piece.message();
        if (!message.reasoning().isEmpty()) {
            out.writeStringField("reasoning_content", message.reasoning());
        }
        if (message.content().isEmpty() && !message.calls().isEmpty()) {
            out.writeNullField("content");
        } else {
            out.writeStringField("content", message.content());
        }
        if (!message.calls().isEmpty()) {
            ToolCallsJson.whole(out, head, choice, message.calls());
        }
        out.writeNullField("refusal");
        out.writeEndObject();
        logprobs(out, piece);
        AnswerFormat.ending(out, frame.ending());
        if (output.tokenIds()) {
            AnswerFormat.ids(out, "token_ids", piece.tokens());
        }
    }

    private void logprobs(JsonGenerator out, Piece piece) throws IOException {
        if (output.logprobs()) {
            out.writeFieldName("logprobs");
            logprobs.chat(out, piece);
        } else {
            out.writeNullField("logprobs");
        }
    }
}
