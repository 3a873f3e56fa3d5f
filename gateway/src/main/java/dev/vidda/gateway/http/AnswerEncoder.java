package dev.vidda.gateway.http;

import dev.vidda.gateway.openai.AnswerStream;
import dev.vidda.gateway.openai.Timings;
import dev.vidda.gateway.stream.EventEncoder;
import dev.vidda.gateway.stream.StreamEvent;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A stream's events in the form of an API. Places in the line become comments of server-sent events, which clients that do not
 * look for them skip; plain answers never get any.
 */
final class AnswerEncoder implements EventEncoder {
    private final AnswerStream answer;
    private final Timings timings;
    private String comments = "";

    AnswerEncoder(AnswerStream answer, Timings timings) {
        this.answer = answer;
        this.timings = timings;
    }

    @Override
    public void accept(StreamEvent event) {
        switch (event) {
            case StreamEvent.Tokens tokens -> {
                timings.tokens();
                answer.accept(tokens.prompt(), tokens.delta());
            }
            case StreamEvent.Queued queued -> comments += comment(queued);
            case StreamEvent.Failed failed -> answer.fail(failed.error());
        }
    }

    private static String comment(StreamEvent.Queued queued) {
        String wait = queued.estimatedWaitMillis() < 0 ? "unknown" : String.valueOf(queued.estimatedWaitMillis());
        return ": queued prompt=" + queued.prompt() + " position=" + queued.position() + " estimated_wait_ms=" + wait
                + "\n\n";
    }

    @Override
    public byte[] take() {
        byte[] events = answer.take();
        if (comments.isEmpty()) {
            return events;
        }
        byte[] first = comments.getBytes(StandardCharsets.US_ASCII);
        comments = "";
        byte[] all = Arrays.copyOf(first, first.length + events.length);
        System.arraycopy(events, 0, all, first.length, events.length);
        return all;
    }

    @Override
    public boolean done() {
        return answer.done();
    }
}
