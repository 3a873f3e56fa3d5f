package dev.vidda.gateway.message;

import java.util.Set;

/**
 * {@code {"name": ..., "parameters": {...}}} and nothing else, as Llama 3.1 writes it; several are separated by semicolons,
 * and {@code <|python_tag|>} may stand before the first. What names no known function is an answer in JSON, not a call.
 */
final class LlamaCalls implements CallReader {
    static final Marker TAG = new Marker("<|python_tag|>");

    private enum State {
        BEGINNING,
        CALL,
        BETWEEN,
        CONTENT
    }

    private final Set<String> names;
    private final StringBuilder buffer = new StringBuilder();
    private State state = State.BEGINNING;
    private JsonCall call;

    LlamaCalls(Set<String> names) {
        this.names = names;
        call = new JsonCall(names::contains);
    }

    @Override
    public void read(String text, MessageSink sink) {
        buffer.append(text);
        boolean moved = true;
        while (moved) {
            moved = switch (state) {
                case BEGINNING, BETWEEN -> readBeginning();
                case CALL -> readCall(sink);
                case CONTENT -> {
                    sink.content(buffer);
                    buffer.setLength(0);
                    yield false;
                }
            };
        }
    }

    @Override
    public void finish(MessageSink sink) {
        if (state == State.CALL && !call.begun()) {
            sink.content(call.raw());
        }
        if (state == State.BEGINNING || state == State.CONTENT) {
            sink.content(buffer);
        }
    }

    private boolean readBeginning() {
        int at = 0;
        while (at < buffer.length() && isSkipped(buffer.charAt(at))) {
            at++;
        }
        if (at == buffer.length()) {
            return false;
        }
        String rest = buffer.substring(at);
        if (TAG.text().startsWith(rest) && rest.length() < TAG.text().length()) {
            return false;
        }
        if (rest.startsWith(TAG.text())) {
            buffer.delete(0, at + TAG.text().length());
            return true;
        }
        if (rest.charAt(0) == '{') {
            buffer.delete(0, at);
            call = new JsonCall(names::contains);
            state = State.CALL;
        } else {
            state = State.CONTENT;
        }
        return true;
    }

    private boolean isSkipped(char c) {
        return Character.isWhitespace(c) || (state == State.BETWEEN && c == ';');
    }

    private boolean readCall(MessageSink sink) {
        int read = call.read(buffer, sink);
        buffer.delete(0, read);
        if (call.broken()) {
            if (!call.begun()) {
                sink.content(call.raw());
            }
            state = State.CONTENT;
            return true;
        }
        if (call.ended()) {
            state = State.BETWEEN;
            return true;
        }
        return false;
    }
}
