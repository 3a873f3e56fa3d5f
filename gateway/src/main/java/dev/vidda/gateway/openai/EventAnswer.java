package dev.vidda.gateway.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vidda.protocol.TokenDelta;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/**
 * An answer of one message in named events, as the Responses API and the Messages API have them; or the same in one body.
 * Not thread-safe.
 */
public final class EventAnswer implements AnswerStream, AnswerBody {
    private static final Message.Listener NOBODY = new Message.Listener() {
        @Override
        public void begun(int index, Message.Block block) {}

        @Override
        public void grown(int index, Message.Block block, String added) {}

        @Override
        public void ended(int index, Message.Block block) {}
    };

    private final Choices choices;
    private final boolean streaming;
    private final EventWriter writer;
    private final Message message = new Message();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    private boolean begun;
    private boolean done;

    /**
     * @param streaming whether an error is the last event, rather than thrown
     * @param writer makes the API's writer for a place where its events go
     */
    public EventAnswer(PreparedRequest request, boolean streaming, Function<EventWriter.Sink, EventWriter> writer) {
        this.streaming = streaming;
        this.choices = new Choices(request, false);
        this.writer = writer.apply(this::write);
    }

    @Override
    public void accept(int prompt, TokenDelta delta) {
        if (done) {
            return;
        }
        try {
            choices.accept(prompt, delta);
        } catch (ApiException e) {
            if (!streaming) {
                throw e;
            }
            fail(e.error());
        }
    }

    /** Writes what has come since the last time. */
    @Override
    public byte[] take() {
        if (!done) {
            begin();
            ChoiceText choice = choices.get(0);
            if (choice.hasText() || choices.allEnded()) {
                message.add(choice.take().message(), writer);
            }
            if (choices.allEnded()) {
                done = true;
                message.end(writer);
                writer.end(message, choice.ending().orElseThrow(), choices.usage());
            }
        }
        byte[] taken = bytes.toByteArray();
        bytes.reset();
        return taken;
    }

    private void begin() {
        if (!begun) {
            begun = true;
            writer.begin(choices.usage());
        }
    }

    @Override
    public void fail(ApiError error) {
        if (!done) {
            begin();
            done = true;
            writer.fail(error);
        }
    }

    @Override
    public boolean done() {
        return done || choices.allEnded();
    }

    @Override
    public byte[] body() {
        ChoiceText choice = choices.get(0);
        message.add(choice.take().message(), NOBODY);
        return Json.bytes(writer.whole(message, choice.ending().orElseThrow(), choices.usage()));
    }

    private void write(ObjectNode event) {
        bytes.writeBytes(("event: " + event.path("type").asText() + "\ndata: ").getBytes(StandardCharsets.UTF_8));
        bytes.writeBytes(Json.bytes(event));
        bytes.writeBytes("\n\n".getBytes(StandardCharsets.US_ASCII));
    }
}
