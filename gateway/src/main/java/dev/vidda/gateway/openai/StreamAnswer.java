package dev.vidda.gateway.openai;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.vidda.gateway.message.MessageDelta;
import dev.vidda.protocol.TokenDelta;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An answer as server-sent events. Fed with the deltas of all prompts, it gives the bytes to send; the bytes depend on
 * the deltas only, not on how they were grouped. Not thread-safe.
 */
public final class StreamAnswer implements AnswerStream {
    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);

    private final PreparedRequest request;
    private final AnswerHead head;
    private final AnswerFormat format;
    private final Choices choices;
    private final boolean reportsTokens;
    /** Whether events can differ in their text alone. */
    private final boolean textOnly;
    /** Of each choice, once it had text. */
    private final @Nullable TextEvents[] textEvents;

    private final BitSet begun = new BitSet();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    private boolean promptIdsSent;
    private boolean done;

    private StreamAnswer(PreparedRequest request, AnswerHead head, AnswerFormat format) {
        this.request = request;
        this.head = head;
        this.format = format;
        this.choices = new Choices(request, format.continuation());
        this.reportsTokens = request.output().tokenIds() || request.output().logprobs();
        this.textOnly = !reportsTokens && !request.output().continuousUsage();
        this.textEvents = new TextEvents[request.choices()];
    }

    public static StreamAnswer chat(PreparedRequest request, AnswerHead head) {
        return new StreamAnswer(request, head, new ChatFormat(request, head));
    }

    public static StreamAnswer completion(PreparedRequest request, AnswerHead head) {
        return new StreamAnswer(request, head, new CompletionFormat(request));
    }

    /** Whether all is said: what comes now is ignored. */
    @Override
    public boolean done() {
        return done;
    }

    /** Takes what one step added to the request of {@code prompt}. */
    @Override
    public void accept(int prompt, TokenDelta delta) {
        if (done) {
            return;
        }
        int index = prompt * request.samples() + delta.choice();
        boolean wasOpen = choices.get(index).ending().isEmpty();
        try {
            choices.accept(prompt, delta);
            if (wasOpen) {
                write(index);
            }
            if (choices.allEnded()) {
                end();
            }
        } catch (ApiException e) {
            fail(e.error());
        } catch (IOException e) {
            throw new UncheckedIOException("an event cannot be written to memory", e);
        }
    }

    /** Ends the stream with an error event. */
    @Override
    public void fail(ApiError error) {
        if (done) {
            return;
        }
        done = true;
        bytes.writeBytes(DATA);
        bytes.writeBytes(Json.bytes(error.json()));
        bytes.writeBytes(END);
        bytes.writeBytes(DONE);
    }

    /** The bytes to send since the last time; empty when all text is held back. */
    @Override
    public byte[] take() {
        byte[] taken = bytes.toByteArray();
        bytes.reset();
        return taken;
    }

    private void write(int index) throws IOException {
        ChoiceText choice = choices.get(index);
        if (!begun.get(index)) {
            begun.set(index);
            if (format.hasFirstChunk(choices.promptOf(index))) {
                chunk(index, out -> format.firstChunk(out, choices.promptOf(index)));
            }
        }
        boolean ended = choice.ending().isPresent();
        if (choice.hasText() || ended) {
            Piece piece = choice.take();
            if (textOnly && piece.message().isContentOnly()) {
                textEvents(index).write(bytes, piece.text());
            } else if (!piece.message().isEmpty()
                    || (reportsTokens && !piece.tokens().isEmpty())) {
                chunk(index, out -> format.chunk(out, index, piece));
            }
        }
        if (ended) {
            Ending ending = choice.ending().get();
            chunk(index, out -> format.lastChunk(out, ending));
        }
    }

    private TextEvents textEvents(int index) throws IOException {
        TextEvents events = textEvents[index];
        if (events == null) {
            Piece sample = new Piece(MessageDelta.content(TextEvents.SAMPLE), List.of(), List.of(), 0);
            ByteArrayOutputStream event = new ByteArrayOutputStream();
            chunk(event, index, out -> format.chunk(out, index, sample));
            events = new TextEvents(event.toByteArray());
            textEvents[index] = events;
        }
        return events;
    }

    private void end() throws IOException {
        done = true;
        if (request.output().includeUsage()) {
            event(bytes, out -> {
                head.write(out, format.chunkObject());
                out.writeArrayFieldStart("choices");
                out.writeEndArray();
                choices.writeUsage(out, true);
            });
        }
        bytes.writeBytes(DONE);
    }

    private void chunk(int index, Fields choice) throws IOException {
        chunk(bytes, index, choice);
    }

    private void chunk(ByteArrayOutputStream to, int index, Fields choice) throws IOException {
        event(to, out -> {
            head.write(out, format.chunkObject());
            out.writeArrayFieldStart("choices");
            out.writeStartObject();
            out.writeNumberField("index", index);
            choice.write(out);
            out.writeEndObject();
            out.writeEndArray();
            writePromptIds(out);
            if (request.output().continuousUsage()) {
                choices.writeUsage(out, false);
            } else if (request.output().includeUsage()) {
                out.writeNullField("usage");
            }
        });
    }

    /** A chat has one prompt, and its ids stand beside the choices of the first chunk. */
    private void writePromptIds(JsonGenerator out) throws IOException {
        if (!promptIdsSent && request.output().tokenIds() && format instanceof ChatFormat) {
            promptIdsSent = true;
            AnswerFormat.ids(
                    out, "prompt_token_ids", request.prompts().getFirst().ids());
        }
    }

    private static void event(ByteArrayOutputStream to, Fields fields) throws IOException {
        to.writeBytes(DATA);
        try (JsonGenerator out = Json.MAPPER.createGenerator(to)) {
            out.writeStartObject();
            fields.write(out);
            out.writeEndObject();
        }
        to.writeBytes(END);
    }

    @FunctionalInterface
    private interface Fields {
        void write(JsonGenerator out) throws IOException;
    }
}
