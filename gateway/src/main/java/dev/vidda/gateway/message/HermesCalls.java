package dev.vidda.gateway.message;

/** {@code <tool_call>{"name": ..., "arguments": {...}}</tool_call>}, as Qwen and Hermes write it, between content. */
final class HermesCalls implements CallReader {
    static final Marker BEGIN = new Marker("<tool_call>");
    static final Marker END = new Marker("</tool_call>");

    private enum State {
        CONTENT,
        CALL,
        AFTER_CALL
    }

    private final StringBuilder buffer = new StringBuilder();
    private State state = State.CONTENT;
    private JsonCall call = newCall();

    @Override
    public void read(String text, MessageSink sink) {
        buffer.append(text);
        boolean moved = true;
        while (moved) {
            moved = switch (state) {
                case CONTENT -> readContent(sink);
                case CALL -> readCall(sink);
                case AFTER_CALL -> readEnd();
            };
        }
    }

    @Override
    public void finish(MessageSink sink) {
        if (state == State.CALL && !call.begun()) {
            sink.content(BEGIN.text() + call.raw());
        }
        if (state == State.CONTENT) {
            sink.content(buffer);
        }
    }

    private boolean readContent(MessageSink sink) {
        sink.content(BEGIN.takeBefore(buffer));
        if (!BEGIN.skip(buffer)) {
            return false;
        }
        call = newCall();
        state = State.CALL;
        return true;
    }

    private boolean readCall(MessageSink sink) {
        int read = call.read(buffer, sink);
        buffer.delete(0, read);
        if (call.broken()) {
            if (!call.begun()) {
                // What does not read as a call is shown as it is.
                sink.content(BEGIN.text() + call.raw());
                state = State.CONTENT;
            } else {
                state = State.AFTER_CALL;
            }
            return true;
        }
        if (call.ended()) {
            state = State.AFTER_CALL;
            return true;
        }
        return false;
    }

    /** Whatever stands between the object and its end marker is no content. */
    private boolean readEnd() {
        END.takeBefore(buffer);
        if (!END.skip(buffer)) {
            return false;
        }
        state = State.CONTENT;
        return true;
    }

    private static JsonCall newCall() {
        return new JsonCall(name -> true);
    }
}
