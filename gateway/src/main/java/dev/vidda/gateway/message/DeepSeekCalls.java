package dev.vidda.gateway.message;

import java.util.List;

/**
 * Calls between markers, as the DeepSeek-V3 family writes them: V3 and R1 as {@code function}, separator, name and a fenced
 * block of JSON; V3.1 as name, separator and JSON.
 */
final class DeepSeekCalls implements CallReader {
    static final Marker CALLS_BEGIN = new Marker("<｜tool▁calls▁begin｜>");
    static final Marker CALLS_END = new Marker("<｜tool▁calls▁end｜>");
    static final Marker BEGIN = new Marker("<｜tool▁call▁begin｜>");
    static final Marker SEPARATOR = new Marker("<｜tool▁sep｜>");
    static final Marker END = new Marker("<｜tool▁call▁end｜>");

    static final List<String> MARKERS =
            List.of(CALLS_BEGIN.text(), CALLS_END.text(), BEGIN.text(), END.text(), SEPARATOR.text());

    private static final Marker FENCE = new Marker("```json\n");
    private static final Marker FENCE_END = new Marker("\n```");
    private static final String FUNCTION = "function";

    private enum State {
        CONTENT,
        BETWEEN,
        HEAD,
        FENCED_NAME,
        FENCED_ARGUMENTS,
        ARGUMENTS
    }

    private final StringBuilder buffer = new StringBuilder();
    private final StringBuilder head = new StringBuilder();
    private State state = State.CONTENT;

    @Override
    public void read(String text, MessageSink sink) {
        buffer.append(text);
        boolean moved = true;
        while (moved) {
            moved = switch (state) {
                case CONTENT -> readContent(sink);
                case BETWEEN -> readBetween();
                case HEAD -> readHead(sink);
                case FENCED_NAME -> readFencedName(sink);
                case FENCED_ARGUMENTS -> readArguments(FENCE_END, sink);
                case ARGUMENTS -> readArguments(END, sink);
            };
        }
    }

    @Override
    public void finish(MessageSink sink) {
        switch (state) {
            case CONTENT -> sink.content(buffer);
            case HEAD -> sink.content(BEGIN.text() + head + buffer);
            case FENCED_NAME -> sink.content(BEGIN.text() + FUNCTION + SEPARATOR.text() + buffer);
            case FENCED_ARGUMENTS, ARGUMENTS -> sink.arguments(buffer.toString());
            case BETWEEN -> {}
        }
    }

    private boolean readContent(MessageSink sink) {
        sink.content(CALLS_BEGIN.takeBefore(buffer));
        if (!CALLS_BEGIN.skip(buffer)) {
            return false;
        }
        state = State.BETWEEN;
        return true;
    }

    private boolean readBetween() {
        BEGIN.takeBefore(buffer);
        if (!BEGIN.skip(buffer)) {
            return false;
        }
        head.setLength(0);
        state = State.HEAD;
        return true;
    }

    private boolean readHead(MessageSink sink) {
        head.append(SEPARATOR.takeBefore(buffer));
        if (!SEPARATOR.skip(buffer)) {
            return false;
        }
        String name = head.toString().strip();
        if (name.equals(FUNCTION)) {
            state = State.FENCED_NAME;
        } else {
            sink.beginCall(name);
            state = State.ARGUMENTS;
        }
        return true;
    }

    private boolean readFencedName(MessageSink sink) {
        int fence = FENCE.in(buffer);
        if (fence < 0) {
            return false;
        }
        sink.beginCall(buffer.substring(0, fence).strip());
        buffer.delete(0, fence + FENCE.text().length());
        state = State.FENCED_ARGUMENTS;
        return true;
    }

    private boolean readArguments(Marker end, MessageSink sink) {
        sink.arguments(end.takeBefore(buffer));
        if (!end.skip(buffer)) {
            return false;
        }
        state = State.BETWEEN;
        return true;
    }
}
