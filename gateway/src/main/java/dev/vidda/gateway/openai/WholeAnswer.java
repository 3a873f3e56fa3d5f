package dev.vidda.gateway.openai;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.vidda.protocol.TokenDelta;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** An answer as one body. Not thread-safe. */
public final class WholeAnswer implements AnswerBody {
    private final PreparedRequest request;
    private final AnswerHead head;
    private final AnswerFormat format;
    private final Choices choices;

    private WholeAnswer(PreparedRequest request, AnswerHead head, AnswerFormat format) {
        this.request = request;
        this.head = head;
        this.format = format;
        this.choices = new Choices(request, format.continuation());
    }

    public static WholeAnswer chat(PreparedRequest request, AnswerHead head) {
        return new WholeAnswer(request, head, new ChatFormat(request, head));
    }

    public static WholeAnswer completion(PreparedRequest request, AnswerHead head) {
        return new WholeAnswer(request, head, new CompletionFormat(request));
    }

    /**
     * Takes what one step added to the request of {@code prompt}.
     *
     * @throws ApiException if the engine could not finish it
     */
    @Override
    public void accept(int prompt, TokenDelta delta) {
        choices.accept(prompt, delta);
    }

    /** Whether all choices have ended. */
    @Override
    public boolean done() {
        return choices.allEnded();
    }

    /** The response's body. Call once, when {@link #done}. */
    @Override
    public byte[] body() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        try (JsonGenerator out = Json.MAPPER.createGenerator(bytes)) {
            out.writeStartObject();
            head.write(out, format.wholeObject());
            out.writeArrayFieldStart("choices");
            for (int i = 0; i < choices.size(); i++) {
                ChoiceText choice = choices.get(i);
                out.writeStartObject();
                out.writeNumberField("index", i);
                Piece piece = choice.take();
                format.whole(
                        out,
                        i,
                        piece,
                        new AnswerFormat.Frame(
                                choices.promptOf(i), choice.ending().orElseThrow()));
                out.writeEndObject();
            }
            out.writeEndArray();
            choices.writeUsage(out, true);
            if (request.output().tokenIds() && format instanceof ChatFormat) {
                AnswerFormat.ids(
                        out, "prompt_token_ids", request.prompts().getFirst().ids());
            }
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("an answer cannot be written to memory", e);
        }
        return bytes.toByteArray();
    }
}
