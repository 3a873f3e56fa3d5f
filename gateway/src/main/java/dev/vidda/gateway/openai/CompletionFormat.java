package dev.vidda.gateway.openai;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.vidda.gateway.openai.PreparedRequest.Prompt;
import java.io.IOException;

/** Choices of {@code /v1/completions}. */
final class CompletionFormat implements AnswerFormat {
    private final OutputOptions output;
    private final LogprobsJson logprobs;

    CompletionFormat(PreparedRequest request) {
        this.output = request.output();
        this.logprobs = new LogprobsJson(request.model().text().tokenizer().tokens(), output.topLogprobs());
    }

    @Override
    public String chunkObject() {
        return "text_completion";
    }

    @Override
    public String wholeObject() {
        return "text_completion";
    }

    @Override
    public boolean continuation() {
        return true;
    }

    @Override
    public boolean hasFirstChunk(Prompt prompt) {
        return output.tokenIds() || !prompt.echo().isEmpty();
    }

    @Override
    public void firstChunk(JsonGenerator out, Prompt prompt) throws IOException {
        out.writeStringField("text", prompt.echo());
        out.writeNullField("logprobs");
        out.writeNullField("finish_reason");
        if (output.tokenIds()) {
            AnswerFormat.ids(out, "prompt_token_ids", prompt.ids());
        }
    }

    @Override
    public void chunk(JsonGenerator out, int choice, Piece piece) throws IOException {
        out.writeStringField("text", piece.text());
        logprobs(out, piece);
        out.writeNullField("finish_reason");
        if (output.tokenIds()) {
            AnswerFormat.ids(out, "token_ids", piece.tokens());
        }
    }

    @Override
    public void lastChunk(JsonGenerator out, Ending ending) throws IOException {
        out.writeStringField("text", "");
        out.writeNullField("logprobs");
        AnswerFormat.ending(out, ending);
    }

    @Override
    public void whole(JsonGenerator out, int choice, Piece piece, Frame frame) throws IOException {
        out.writeStringField("text", frame.prompt().echo() + piece.text());
        logprobs(out, piece);
        AnswerFormat.ending(out, frame.ending());
        if (output.tokenIds()) {
            AnswerFormat.ids(out, "token_ids", piece.tokens());
            AnswerFormat.ids(out, "prompt_token_ids", frame.prompt().ids());
        }
    }

    private void logprobs(JsonGenerator out, Piece piece) throws IOException {
        if (output.logprobs()) {
            out.writeFieldName("logprobs");
            logprobs.completion(out, piece);
        } else {
            out.writeNullField("logprobs");
        }
    }
}
