package dev.vidda.gateway.message;

/** Divides text into the reasoning at its beginning and what follows, without the markers and the space around them. */
final class ReasoningSplit {
    static final Marker BEGIN = new Marker("<think>");
    static final Marker END = new Marker("</think>");

    private enum State {
        BEGINNING,
        REASONING,
        AFTER,
        ANSWER
    }

    private final StringBuilder buffer = new StringBuilder();
    private final StringBuilder space = new StringBuilder();
    private State state;
    private boolean reasoned;

    ReasoningSplit(Reasoning reasoning) {
        state = switch (reasoning) {
            case NONE -> State.ANSWER;
            case MAYBE -> State.BEGINNING;
            case OPEN -> State.REASONING;
        };
    }

    /** Gives reasoning to {@code sink} and returns the text that follows it, as far as it is certain. */
    String read(String text, MessageSink sink) {
        if (state == State.ANSWER) {
            return text;
        }
        buffer.append(text);
        if (state == State.BEGINNING) {
            readBeginning();
        }
        if (state == State.REASONING) {
            readReasoning(sink);
        }
        if (state == State.AFTER) {
            skipSpace();
        }
        return state == State.ANSWER ? takeAll() : "";
    }

    /** Nothing follows; returns what was held back for an answer that did not come. */
    String finish(MessageSink sink) {
        if (state == State.REASONING) {
            think(takeAll(), sink);
            return "";
        }
        return state == State.BEGINNING ? takeAll() : "";
    }

    /** Whether the text now belongs to the reasoning. */
    boolean isReasoning() {
        return state == State.REASONING;
    }

    private void readBeginning() {
        int at = 0;
        while (at < buffer.length() && Character.isWhitespace(buffer.charAt(at))) {
            at++;
        }
        String rest = buffer.substring(at);
        if (rest.startsWith(BEGIN.text())) {
            buffer.delete(0, at + BEGIN.text().length());
            state = State.REASONING;
        } else if (!BEGIN.text().startsWith(rest)) {
            state = State.ANSWER;
        }
    }

    private void readReasoning(MessageSink sink) {
        think(END.takeBefore(buffer), sink);
        if (END.skip(buffer)) {
            space.setLength(0);
            state = State.AFTER;
        }
    }

    private void think(String text, MessageSink sink) {
        String kept = reasoned ? text : text.stripLeading();
        if (kept.isEmpty()) {
            return;
        }
        reasoned = true;
        int end = kept.stripTrailing().length();
        if (end > 0) {
            sink.reasoning(space);
            sink.reasoning(kept.substring(0, end));
            space.setLength(0);
        }
        space.append(kept, end, kept.length());
    }

    private void skipSpace() {
        int at = 0;
        while (at < buffer.length() && Character.isWhitespace(buffer.charAt(at))) {
            at++;
        }
        buffer.delete(0, at);
        if (!buffer.isEmpty()) {
            state = State.ANSWER;
        }
    }

    private String takeAll() {
        String all = buffer.toString();
        buffer.setLength(0);
        return all;
    }
}
